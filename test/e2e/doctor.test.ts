import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { compose, composeProgram } from '../support/compose.ts';
import { Disk, engineDisk } from '../support/engine-disk.ts';
import { type EngineProxy, isChange, startEngineProxy } from '../support/engine-proxy.ts';
import { sha256 } from '../support/image.ts';
import { answerOf, type CommandResult, Lab, MAIN, QUICK, resultOf, until } from '../support/lab.ts';
import { everyNth } from '../support/long-run.ts';
import { shiftedClock } from '../support/shifted-clock.ts';

/*
 * A home in which all is well, and the same one with one thing wrong at a time: the doctor names it, with what to do,
 * says nothing new of anything else, and changes nothing. Nothing in the sandbox starts services, which is the one
 * thing that it always points out; machine-service.test.ts has a machine where that is well, too.
 */

const SECRET = 'hunter2-of-the-stack';
const SERVICES = ['one', 'two', 'three', 'four', 'five'];
const PROXY_SOCKET = '/run/refreshd-sandbox/doctor.sock';
/** Of the group `daemon`, which Debian always has. */
const GROUP_SOCKET = '/run/doctor-group.sock';
const DAEMON = 1;
const NOBODY = 65534;
const ONE_MEGABYTE = 1024 ** 2;

interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'warn' | 'bad' | 'skipped';
  readonly says: string;
  readonly remedy: string;
}

let lab: Lab;
let proxy: EngineProxy;
let bin: string;
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  lab = await Lab.open();
  await lab.clear();
  // Whoever it runs as has to reach it.
  chmodSync(dirname(lab.home), 0o755);
  proxy = await startEngineProxy(lab.socket, PROXY_SOCKET);
  chmodSync(PROXY_SOCKET, 0o660);
  bin = join(dirname(lab.home), 'bin');
  mkdirSync(bin);
  symlinkSync(composeProgram(), join(bin, 'docker-compose'));
  writeFileSync(join(lab.home, 'docker-compose.yml'), project());
  writeFileSync(join(lab.home, '.env'), `STACK_SECRET=${SECRET}\n`, { mode: 0o600 });
  lab.writeSettings({ ...QUICK, REFRESHD_WATCH: 'stack' });
  await lab.publish({ version: '1', weight: 3 * ONE_MEGABYTE });
  const up = await compose(lab, 'up', '-d', '--quiet-pull');
  expect([up.code, up.code === 0 ? '' : up.stderr]).toEqual([0, '']);
  for (const index of SERVICES.keys())
    await until('all answer', async () => (await answerOf(healthUrl(index))) === '200 /health 1');
});
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
  proxy.spoil = undefined;
  lab.registry.misbehave = undefined;
});
afterAll(async () => {
  await proxy.close();
  await lab.close();
});

function healthUrl(index: number): string {
  return `http://127.0.0.1:${18080 + index}/health`;
}

function project(): string {
  const services = SERVICES.map(
    (name, index) => `  ${name}:
    image: ${lab.reference()}
    container_name: ${name}
    ports: ["127.0.0.1:${18080 + index}:8080"]
    environment: { STACK_SECRET: "\${STACK_SECRET:?}" }
`,
  );
  return `name: project\nservices:\n${services.join('')}`;
}

interface Visit {
  readonly environment?: Record<string, string>;
  readonly args?: readonly string[];
  readonly home?: string;
  readonly uid?: number;
}

async function visit({ environment = {}, args = [], home = lab.home, uid }: Visit): Promise<CommandResult> {
  const child = spawn(process.execPath, [MAIN, 'doctor', ...args, '--home', home], {
    env: { PATH: bin, HOME: dirname(lab.home), DOCKER_HOST: `unix://${PROXY_SOCKET}`, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid !== undefined && { uid, gid: uid }),
  });
  const result = await resultOf(child);
  expect(result.stdout + result.stderr).not.toMatch(/hunter2|\u001b|\n\s+at /);
  return result;
}

async function examine(
  options: Visit,
): Promise<{ readonly code: number | null; readonly checks: readonly Finding[] }> {
  const { code, stdout, stderr } = await visit({ ...options, args: ['--json'] });
  // Node's own words on a certificate that is missing.
  expect(stderr.replace(/^Warning: Ignoring extra certs .+\n/, '')).toBe('');
  const { schema, checks } = JSON.parse(stdout);
  expect(schema).toBe('refreshd.doctor/1');
  return { code, checks };
}

/** What there is in a folder, and whose, and since when. */
function tree(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map(name => {
      const { mode, uid, mtimeMs, size } = lstatSync(join(folder, name));
      return `${name} ${mode.toString(8)} ${uid} ${mtimeMs} ${size}`;
    });
}

const states = (checks: readonly Finding[]) =>
  checks.filter(({ state }) => state !== 'ok').map(({ what, state }) => `${what}: ${state}`);

const EVERYTHING = [
  ...['Node', 'environment', 'home', 'settings', '.env of the stack', 'compose', 'compose file', 'service'],
  ...['next runs', 'state folder', 'log folder', 'room for state and log', 'docker context', 'Docker socket'],
  ...[
    'Docker engine',
    'registry logins',
    'watched containers',
    'labels',
    'other updaters',
    'podman auto-update',
  ],
  ...['room for images', 'registries', 'health', 'clock'],
];

describe('where all is well', () => {
  it('says so, and nothing is changed', async () => {
    const before = tree(lab.home);
    lab.registry.forget();
    const begun = performance.now();
    const { code, checks } = await examine({});
    process.stdout.write(
      `refreshd doctor, ${SERVICES.length} containers: ${Math.round(performance.now() - begun)} ms\n`,
    );
    expect(states(checks)).toEqual(['service: warn']);
    expect(code).toBe(0);
    expect(checks.map(({ what }) => what)).toEqual(EVERYTHING);
    expect(checks.find(({ what }) => what === 'service')).toMatchObject({
      says: 'This machine has neither systemd nor launchd.',
      remedy: 'Have whatever starts services here start: refreshd daemon',
    });
    const says = Object.fromEntries(checks.map(each => [each.what, each.says]));
    expect(says['watched containers']).toBe('five, four, one, three, two');
    expect(says['health']).toMatch(
      /^five: \/health answers on port 8080; four: .+; two: \/health answers on port 8080$/,
    );
    expect(says['compose']).toMatch(/^docker-compose, version \d+\.\d+/);
    expect(says['next runs']).toMatch(/^(Sun \d{4}-\d\d-\d\d 03:00(, )?){5}$/);
    expect(says['registries']).toBe(`${lab.registry.host}: the image is offered to us`);
    expect(says['clock']).toContain(`as ${lab.registry.host} says too`);
    // One question for one reference, however many containers are made from it.
    expect(lab.registry.manifestRequests().map(({ method }) => method)).toEqual(['HEAD']);
    expect(tree(lab.home)).toEqual(before);
  });

  it('says the same in a pipe, a line each', async () => {
    const { code, stdout, stderr } = await visit({});
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.slice(0, -1).map(line => line.split('\t')[1])).toEqual(EVERYTHING);
    expect(lines.at(-1)).toBe('service: Have whatever starts services here start: refreshd daemon');
  });
});

/** One thing that is wrong. */
interface Case {
  readonly spoil: () => Visit | undefined | Promise<Visit | undefined>;
  /** The finding that names it. */
  readonly finding: Finding['what'];
  readonly state: 'warn' | 'bad';
  readonly says: RegExp;
  readonly remedy: RegExp;
  /** What follows from it for others, beside the service. */
  readonly besides?: readonly string[];
}

const home = (name: string) => join(lab.home, name);

/** Writes a file, and puts back afterwards what was there. */
function put(path: string, text: string, mode = 0o644): void {
  const old = existsSync(path) ? readFileSync(path) : undefined;
  const oldMode = existsSync(path) ? lstatSync(path).mode : 0;
  rmSync(path, { force: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
  cleanups.push(() => {
    rmSync(path, { force: true });
    if (old !== undefined) writeFileSync(path, old, { mode: oldMode });
  });
}

async function run(name: string, body: Record<string, unknown>): Promise<void> {
  await lab.run(name, { Labels: { 'refreshd.enable': 'true' }, ...body });
  cleanups.push(() => lab.api('DELETE', `/containers/${name}?force=1&v=1`));
}

const HEALTHY = { 'refreshd.enable': 'true', 'refreshd.health.port': '8080' };

/** An engine that says something else of itself. */
async function anotherEngine(
  path: RegExp,
  change: (own: Record<string, unknown>) => object,
): Promise<undefined> {
  const { body } = await lab.api('GET', path.test('/version') ? '/version' : '/info');
  const told = JSON.stringify({ ...body, ...change(body) });
  proxy.spoil = call => (path.test(call.path) ? { kind: 'garbled', when: 'before', body: told } : undefined);
  return undefined;
}

const WITHOUT_ENGINE = [
  'watched containers: skipped',
  'labels: skipped',
  'other updaters: skipped',
  'podman auto-update: skipped',
  'room for images: skipped',
  'registries: skipped',
  'health: skipped',
];
const WITHOUT_SETTINGS = [
  'next runs: skipped',
  'room for state and log: skipped',
  'watched containers: skipped',
  'podman auto-update: skipped',
  'room for images: skipped',
  'registries: skipped',
  'health: skipped',
];

const BROKEN: Readonly<Record<string, Case>> = {
  'a certificate that is not there': {
    spoil: () => ({ environment: { NODE_EXTRA_CA_CERTS: '/nowhere.pem' } }),
    finding: 'environment',
    state: 'warn',
    says: /NODE_EXTRA_CA_CERTS names \/nowhere\.pem/,
    remedy: /Correct the path/,
  },
  'a setting with a typing mistake': {
    spoil: () => void put(home('refreshd.env'), 'REFRESHD_SHEDULE=0 3 * * 0\n'),
    finding: 'settings',
    state: 'bad',
    says: /REFRESHD_SHEDULE in .+refreshd\.env is no setting; did you mean REFRESHD_SCHEDULE\?/,
    remedy: /^$/,
    besides: WITHOUT_SETTINGS,
  },
  'a window that never opens': {
    spoil: () => void put(home('refreshd.env'), 'REFRESHD_WATCH=stack\nREFRESHD_WINDOW=04:00-05:00\n'),
    finding: 'settings',
    state: 'bad',
    says: /no time of REFRESHD_SCHEDULE \(0 3 \* \* 0\) is inside 04:00-05:00, so no run would ever begin/,
    remedy: /^$/,
    besides: WITHOUT_SETTINGS,
  },
  'secrets that others can read': {
    spoil: () => void put(home('.env'), `STACK_SECRET=${SECRET}\n`, 0o644),
    finding: '.env of the stack',
    state: 'bad',
    says: /others can read .+\.env \(mode 644\)/,
    remedy: /chmod 600/,
  },
  'compose that is not there': {
    spoil: () => ({ environment: { PATH: lab.home } }),
    finding: 'compose',
    state: 'warn',
    says: /Neither "docker compose" nor "docker-compose" is installed/,
    remedy: /Install Compose 2 or newer/,
    besides: ['compose file: skipped'],
  },
  'compose of years ago': {
    spoil: () => {
      const old = join(dirname(lab.home), 'old-bin');
      mkdirSync(old);
      put(join(old, 'docker-compose'), '#!/bin/sh\n[ "$1" != version ] || echo 1.29.2\n', 0o755);
      cleanups.push(() => rmSync(old, { recursive: true }));
      return { environment: { PATH: old } };
    },
    finding: 'compose',
    state: 'warn',
    says: /^Compose is too old here: docker-compose is 1\.29\.2\./,
    remedy: /Install Compose 2 or newer/,
    besides: ['compose file: skipped'],
  },
  'a compose file that is none': {
    spoil: () => void put(home('docker-compose.yml'), `services:\n  one:\n    image: [${SECRET}\n`),
    finding: 'compose file',
    state: 'bad',
    says: /compose does not understand .+docker-compose\.yml, line \d+/,
    remedy: /cd '.+' && docker-compose config --quiet/,
  },
  'a compose file that asks for what is nowhere': {
    spoil: () => void put(home('.env'), 'OTHER=x\n', 0o600),
    finding: '.env of the stack',
    state: 'bad',
    says: /without a value in .+\.env: STACK_SECRET/,
    remedy: /Fill in/,
    besides: ['compose file: bad'],
  },
  'a log folder that is a file': {
    spoil: () => void put(home('logs'), ''),
    finding: 'log folder',
    state: 'bad',
    says: /The log folder .+ is not a plain folder/,
    remedy: /Move away/,
  },
  'a full disk for the state': {
    spoil: () => {
      const disk = new Disk(home('state'));
      disk.mount(64 * 1024);
      chmodSync(disk.folder, 0o700);
      cleanups.push(() => {
        disk.unmount();
        rmSync(disk.folder, { recursive: true });
      });
      return undefined;
    },
    finding: 'room for state and log',
    state: 'bad',
    says: /^64KB free in .+\/state: no update is begun/,
    remedy: /Make room/,
  },
  'a schedule that the daemon has not read': {
    spoil: () => {
      mkdirSync(home('state'), { mode: 0o700 });
      cleanups.push(() => rmSync(home('state'), { recursive: true }));
      const remembered = { expression: '0 4 * * *', due: Date.now() + 1000, runAt: Date.now() + 1000 };
      writeFileSync(home('state/schedule.json'), JSON.stringify(remembered));
      return undefined;
    },
    finding: 'next runs',
    state: 'warn',
    says: /the daemon has not read the changed schedule yet/,
    remedy: /SIGHUP/,
  },
  'a context of docker that leads elsewhere': {
    spoil: () => {
      symlinkSync(PROXY_SOCKET, '/run/docker.sock');
      cleanups.push(() => rmSync('/run/docker.sock'));
      const config = join(dirname(lab.home), 'docker');
      mkdirSync(config);
      cleanups.push(() => rmSync(config, { recursive: true }));
      writeFileSync(join(config, 'config.json'), '{"currentContext":"desktop-linux"}', { mode: 0o600 });
      const context = join(config, 'contexts/meta', sha256('desktop-linux').slice('sha256:'.length));
      mkdirSync(context, { recursive: true });
      const Endpoints = { docker: { Host: 'unix:///elsewhere.sock' } };
      writeFileSync(
        join(context, 'meta.json'),
        JSON.stringify({ Name: 'desktop-linux', Metadata: {}, Endpoints }),
      );
      return { environment: { DOCKER_HOST: '', DOCKER_CONFIG: config } };
    },
    finding: 'docker context',
    state: 'warn',
    says: /docker itself uses its context desktop-linux, and refreshd the engine at unix:\/\/\/var\/run\/docker\.sock/,
    remedy: /docker context inspect desktop-linux/,
  },
  'a socket that is open to all': {
    spoil: () => {
      chmodSync(PROXY_SOCKET, 0o666);
      cleanups.push(() => chmodSync(PROXY_SOCKET, 0o660));
      return undefined;
    },
    finding: 'Docker socket',
    state: 'bad',
    says: /every user can write to .+doctor\.sock/,
    remedy: /sudo chmod o-rwx/,
  },
  'an engine that is not there': {
    spoil: () => ({ environment: { DOCKER_HOST: 'unix:///nowhere.sock' } }),
    finding: 'Docker engine',
    state: 'bad',
    says: /cannot be reached \(ENOENT\)/,
    remedy: /Start the engine that DOCKER_HOST names, or unset DOCKER_HOST/,
    besides: ['Docker socket: skipped', ...WITHOUT_ENGINE],
  },
  'an engine that hangs': {
    spoil: () => {
      proxy.spoil = () => ({ kind: 'hang', when: 'before' });
      return undefined;
    },
    finding: 'Docker engine',
    state: 'bad',
    says: /The engine gave no answer .+ \(no answer within 15 s\)/,
    remedy: /^See whether it is an engine that listens at unix:/,
    besides: WITHOUT_ENGINE,
  },
  'an engine of another group': {
    spoil: async () => {
      const other = await startEngineProxy(lab.socket, GROUP_SOCKET);
      cleanups.push(() => other.close());
      chownSync(GROUP_SOCKET, 0, DAEMON);
      chmodSync(GROUP_SOCKET, 0o660);
      for (const name of ['', '.env']) chownSync(home(name), NOBODY, NOBODY);
      cleanups.push(() => ['', '.env'].map(name => chownSync(home(name), 0, 0)));
      return { uid: NOBODY, environment: { DOCKER_HOST: `unix://${GROUP_SOCKET}` } };
    },
    finding: 'Docker engine',
    state: 'bad',
    says: /^nobody may not use .+doctor-group\.sock, which is for root and the group daemon$/,
    remedy: /sudo usermod -aG daemon nobody, then log in again\. Whoever is in it can be root/,
    besides: WITHOUT_ENGINE,
  },
  'an engine that is too old': {
    spoil: () => anotherEngine(/^\/version/, () => ({ Version: '18.09.9', ApiVersion: '1.39' })),
    finding: 'Docker engine',
    state: 'bad',
    says: /its API is version 1\.39, and 1\.40 is the oldest/,
    remedy: /Install a newer engine/,
    besides: WITHOUT_ENGINE,
  },
  'Docker without root': {
    spoil: () =>
      anotherEngine(/^\/info/, () => ({
        SecurityOptions: ['name=seccomp,profile=default', 'name=rootless'],
      })),
    finding: 'Docker engine',
    state: 'warn',
    says: /rootless: containers’ own addresses are not reached/,
    remedy: /enable-linger/,
  },
  'Podman before 5': {
    spoil: () =>
      anotherEngine(/^\/version/, () => ({ Version: '4.9.3', Components: [{ Name: 'Podman Engine' }] })),
    finding: 'Docker engine',
    state: 'warn',
    says: /^Podman 4\.9\.3, .+ not tested/,
    remedy: /Install Podman 5/,
  },
  'an engine on another machine': {
    spoil: () => anotherEngine(/^\/info/, () => ({ Name: 'elsewhere' })),
    finding: 'Docker engine',
    state: 'warn',
    says: /on elsewhere and not on this machine/,
    remedy: /unset DOCKER_HOST/,
    besides: ['room for images: skipped'],
  },
  'nothing that is watched': {
    spoil: () => ({ environment: { REFRESHD_WATCH: 'labelled' } }),
    finding: 'watched containers',
    state: 'warn',
    says: /^none \(REFRESHD_WATCH=labelled\)$/,
    remedy: /label it refreshd\.enable=true/,
    besides: ['health: skipped'],
  },
  'a label that is not understood': {
    spoil: async () => {
      await run('six', { Labels: { ...HEALTHY, 'refreshd.stable-for': 'soon' } });
      return undefined;
    },
    finding: 'labels',
    state: 'bad',
    says: /^six: label refreshd\.stable-for must be a duration such as 30s, not "soon"$/,
    remedy: /Correct it, and make six anew/,
  },
  'a label that does not exist': {
    spoil: async () => {
      await run('six', { Labels: { ...HEALTHY, 'refreshd.helth.port': '8080' } });
      return undefined;
    },
    finding: 'labels',
    state: 'warn',
    says: /^six: there is no label refreshd\.helth\.port$/,
    remedy: /^Did you mean refreshd\.health\.port\?$/,
  },
  'a dependency on nobody': {
    spoil: async () => {
      await run('six', { Labels: { ...HEALTHY, 'refreshd.depends-on': 'one,db' } });
      return undefined;
    },
    finding: 'labels',
    state: 'warn',
    says: /^six: label refreshd\.depends-on names db, and no container is called that$/,
    remedy: /as docker ps shows it/,
  },
  'another updater': {
    spoil: async () => {
      await otherUpdater([]);
      return undefined;
    },
    finding: 'other updaters',
    state: 'warn',
    says: /^Watchtower, in container tower, updates containers of this engine, too/,
    remedy: /docker stop tower.+refreshd\.enable=false/,
  },
  'a container that is left to podman, too': {
    spoil: async () => {
      await run('six', { Labels: { ...HEALTHY, 'io.containers.autoupdate': 'registry' } });
      return undefined;
    },
    finding: 'podman auto-update',
    state: 'warn',
    says: /^six: label io\.containers\.autoupdate=registry/,
    remedy: /Remove that label/,
  },
  'no room for the next image': {
    spoil: () => {
      engineDisk().fill(ONE_MEGABYTE);
      cleanups.push(() => engineDisk().free());
      return undefined;
    },
    finding: 'room for images',
    state: 'warn',
    says: /^[\d.]+(KB|MB) free in .+, less than the \d(\.\d)?MB of the largest watched image, that of \w+$/,
    remedy: /docker system df/,
  },
  'a registry that wants a login': {
    spoil: () => {
      lab.registry.misbehave = (_, response) => {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
        return true;
      };
      return undefined;
    },
    finding: 'registries',
    state: 'bad',
    says: /\/app:latest, of five, four, one, three, two: .+ refuses access to .+ \(HTTP 401\)/,
    remedy: /docker login 127\.0\.0\.1:\d+ as the user that runs refreshd/,
  },
  'a registry that does not answer': {
    spoil: () => {
      lab.registry.misbehave = () => true;
      return undefined;
    },
    finding: 'registries',
    state: 'bad',
    says: /gave no answer for .+\/app:latest within 15 s/,
    remedy: /whether this machine, or its proxy, reaches it/,
  },
  'a /health that answers an error': {
    spoil: async () => {
      await run('six', { Labels: { ...HEALTHY, 'refreshd.health.path': '/missing' } });
      return undefined;
    },
    finding: 'health',
    state: 'bad',
    says: /^six: GET \/missing on port 8080 answered HTTP 404: \/missing 1$/,
    remedy: /docker logs six; or correct its labels refreshd\.health\.port/,
  },
  'nothing to be proven by': {
    spoil: async () => {
      await run('six', {});
      return undefined;
    },
    finding: 'health',
    state: 'warn',
    says: /^six: it has no HEALTHCHECK, and no published port answers \/health/,
    remedy: /labels on six: refreshd\.health\.port=8080 and refreshd\.health\.path=\/health/,
  },
  'a clock that is an hour ahead': {
    spoil: () => {
      const shifted = shiftedClock(dirname(lab.home));
      shifted.shift(3600);
      return { environment: { ...shifted.environment } };
    },
    finding: 'clock',
    state: 'warn',
    says: /127\.0\.0\.1:\d+ is 60 min behind/,
    remedy: /timedatectl/,
  },
  'a zone that is none': {
    spoil: () => ({ environment: { TZ: 'Mars/Base' } }),
    finding: 'clock',
    state: 'warn',
    says: /time zone is not understood/,
    remedy: /Set REFRESHD_TIMEZONE/,
  },
};

async function otherUpdater(args: readonly string[]): Promise<void> {
  await lab.api('POST', `/images/${lab.reference()}/tag?repo=containrrr/watchtower&tag=latest`);
  cleanups.push(() => lab.api('DELETE', '/images/containrrr/watchtower:latest'));
  const Cmd = ['sh', '-c', 'sleep 3600', ...args];
  await run('tower', { Image: 'containrrr/watchtower:latest', Labels: {}, Cmd, StopTimeout: 0 });
}

describe('where one thing is wrong, it is named, and all else is looked at', () => {
  it.each(everyNth(2, Object.entries(BROKEN)))(
    '%s',
    async (_, { spoil, finding, state, says, remedy, besides = [] }) => {
      const options = (await spoil()) ?? {};
      const before = tree(lab.home);
      const { code, checks } = await examine(options);
      expect(tree(lab.home)).toEqual(before);
      const found = checks.filter(each => each.what === finding && each.state === state);
      expect(found).toEqual([
        { what: finding, state, says: expect.stringMatching(says), remedy: expect.stringMatching(remedy) },
      ]);
      expect(states(checks).sort()).toEqual([`${finding}: ${state}`, 'service: warn', ...besides].sort());
      expect([...new Set(checks.map(({ what }) => what))]).toEqual(EVERYTHING);
      expect(code).toBe(state === 'bad' || besides.some(each => each.endsWith('bad')) ? 1 : 0);
    },
  );

  it('a home that is not there', async () => {
    const { code, checks } = await examine({ home: '/nowhere' });
    expect(code).toBe(1);
    expect(checks.find(({ what }) => what === 'home')).toMatchObject({
      state: 'bad',
      says: 'The home /nowhere is not a folder.',
      remedy: 'Name the folder of your docker-compose.yml with --home.',
    });
    const looked = checks.filter(({ state }) => state === 'ok').map(({ what }) => what);
    expect(looked).toEqual([
      ...[
        'Node',
        'environment',
        'docker context',
        'Docker socket',
        'Docker engine',
        'registry logins',
        'labels',
      ],
      ...['other updaters', 'clock'],
    ]);
  });
});

it('names all of several things at once, and each remedy, in a pipe', async () => {
  put(home('.env'), `STACK_SECRET=${SECRET}\n`, 0o644);
  await run('six', {
    Labels: { ...HEALTHY, 'refreshd.health.path': '/missing', 'refreshd.enabled': 'true' },
  });
  const { code, stdout } = await visit({ environment: { TZ: 'Mars/Base' } });
  expect(code).toBe(1);
  for (const line of [
    /^bad\t\.env of the stack\tothers can read /m,
    /^warn\tlabels\tsix: there is no label refreshd\.enabled$/m,
    /^labels: Did you mean refreshd\.enable\?$/m,
    /^ok\thealth\tfive: .+; two: .+$/m,
    /^bad\thealth\tsix: GET \/missing on port 8080 answered HTTP 404/m,
    /^warn\tclock\t/m,
    /^clock: Set REFRESHD_TIMEZONE/m,
  ])
    expect(stdout).toMatch(line);
});

it('has nothing against an updater that only tells', async () => {
  await otherUpdater(['--monitor-only']);
  const { code, checks } = await examine({});
  expect(states(checks)).toEqual(['service: warn']);
  expect(code).toBe(0);
  expect(checks.find(({ what }) => what === 'other updaters')?.says).toBe(
    'Watchtower in tower: it tells of updates, and makes none',
  );
});

it('has changed nothing on the engine in all this', () => {
  expect(proxy.calls.length).toBeGreaterThan(100);
  expect(proxy.calls.filter(isChange)).toEqual([]);
});
