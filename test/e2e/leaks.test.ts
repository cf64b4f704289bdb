import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Canaries } from '../support/canaries.ts';
import { composeProgram } from '../support/compose.ts';
import { type EngineProxy, startEngineProxy } from '../support/engine-proxy.ts';
import { answerOf, Lab, until } from '../support/lab.ts';
import { type LeakBench, openLeakBench } from '../support/leak-bench.ts';
import { everyNth, IS_LONG } from '../support/long-run.ts';
import type { Misbehaviour } from '../support/registry-server.ts';
import type { ServiceOptions } from '../support/service-image.ts';
import { tempFolder } from '../support/temp-folder.ts';

/*
 * Secrets are planted wherever people have them, and everything goes wrong that can. Then every byte that came out
 * is looked through for them.
 */

const HEALTH = 'http://127.0.0.1:18080/health';
const PROXY_SOCKET = '/run/refreshd-sandbox/leaks-proxy.sock';
const canaries = new Canaries();
const PASSWORD = canaries.make('the password for the registry');
const TOKEN = canaries.make('an identity token');
const BEARER = canaries.make('the token of a token service');
const HELPER = canaries.make('the output of a credential helper');
const IN_STACK = canaries.make('.env');
const IN_ENV = canaries.make("the container's environment");
const IN_URL = canaries.make("an address in the container's environment");
const IN_KEY = canaries.make("a text of several lines in the container's environment");
const IN_CMD = canaries.make("the container's command");
const IN_SCRIPT = canaries.make("a script in the container's command");
const IN_CHECK = canaries.make("the container's health check");
const IN_LABEL = canaries.make('a label');
const IN_HEALTH = canaries.make('an address for health in a label');
const IN_HOST = canaries.make('DOCKER_HOST');
const IN_PROXY = canaries.make('HTTPS_PROXY');
const IN_SETTINGS = canaries.make('refreshd.env, by mistake');

let lab: Lab;
let proxy: EngineProxy;
let bench: LeakBench;
let config: string;
let turn = 0;
beforeAll(async () => {
  lab = await Lab.open();
  proxy = await startEngineProxy(lab.socket, PROXY_SOCKET);
  const folder = join(lab.home, '..');
  config = join(folder, 'docker-config');
  const programs = join(folder, 'bin');
  mkdirSync(programs);
  symlinkSync(composeProgram(), join(programs, 'docker-compose'));
  writeFileSync(join(programs, 'docker-credential-canary'), HELPER_PROGRAM, { mode: 0o755 });
  bench = openLeakBench(lab, canaries, {
    PATH: `${programs}:/usr/bin:/bin`,
    HOME: folder,
    DOCKER_CONFIG: config,
    DOCKER_HOST: `unix://${PROXY_SOCKET}`,
    REFRESHD_STABLE_FOR: '1s',
    REFRESHD_HEALTH_TIMEOUT: '3s',
    REFRESHD_WATCH: 'all',
    AUTOTASK_MCP_IMAGE: lab.reference(),
  });
});
beforeEach(async () => {
  proxy.spoil = undefined;
  await lab.clear();
  rmSync(config, { recursive: true, force: true });
  mkdirSync(config);
  writeConfig({ auths: { [lab.registry.host]: { auth: base64(`me:${PASSWORD}`) } } });
  writeFileSync(
    join(lab.home, '.env'),
    `AUTOTASK_INTEGRATION_CODE=a\nAUTOTASK_USERNAME=b\nAUTOTASK_SECRET=${IN_STACK}\n`,
    { mode: 0o600 },
  );
  copyFileSync('docker-compose.yml', join(lab.home, 'docker-compose.yml'));
  copyFileSync('.env.example', join(lab.home, '.env.example'));
  await lab.publish({ version: '1' });
  await lab.pull();
  await lab.run('app', APP);
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
  lab.registry.misbehave = needsLogin;
});
afterAll(async () => {
  await proxy.close();
  await lab.close();
  const { secrets, forms } = canaries.counts;
  const { runs, bytes, files, commandLines } = bench.counts;
  process.stdout.write(
    `Leaks: ${secrets} secrets, each in ${forms} forms, looked for after ${runs} runs: in ${(bytes / 1e6).toFixed(1)} MB, ${files} files, ${commandLines} command lines.\n`,
  );
});

const base64 = (text: string) => Buffer.from(text).toString('base64');
const writeConfig = (value: unknown) =>
  writeFileSync(join(config, 'config.json'), typeof value === 'string' ? value : JSON.stringify(value), {
    mode: 0o600,
  });

/** As programs of this kind work: what it says depends on a file beside Docker's configuration. */
const HELPER_PROGRAM = `#!/bin/sh
cat >/dev/null
sleep 0.1
cat "$DOCKER_CONFIG/helper-says"
cat "$DOCKER_CONFIG/helper-says" >&2
exit "$(cat "$DOCKER_CONFIG/helper-exit")"
`;

const APP = {
  Env: [`TOLD=${IN_ENV}`, `DB=postgres://me:${IN_URL}@db/x`, `KEY=-----BEGIN-----\n${IN_KEY}\n-----END-----`],
  Cmd: ['/bin/start', '--password', IN_CMD, `export API_TOKEN='${IN_SCRIPT}'; run`],
  Healthcheck: {
    Test: ['CMD-SHELL', `[ "$CHECK" != bad ] || { echo password ${IN_CHECK} $TOLD; exit 1; }`],
    Interval: 300e6,
    Retries: 1,
  },
  Labels: {
    'web.basicauth.password': IN_LABEL,
    'refreshd.stable-for': '1s',
    'refreshd.health.port': '8080',
    'refreshd.health.path': `/health?key=${IN_HEALTH}`,
  },
  StopTimeout: 1,
  HostConfig: { PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] } },
};

const needsLogin: Misbehaviour = (request, response) => {
  if (request.headers.authorization !== undefined) return false;
  response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
  return true;
};

/** Repeats what it was sent, wherever somebody may read it. */
const echoes =
  (status: number): Misbehaviour =>
  (request, response) => {
    const { authorization } = request.headers;
    if (authorization === undefined) return needsLogin(request, response);
    const [, encoded = ''] = authorization.split(' ');
    const message = `you sent ${authorization}, which is ${Buffer.from(encoded, 'base64')}`;
    const body = JSON.stringify({ errors: [{ code: 'DENIED', message, detail: { authorization } }] });
    const headers = {
      'content-type': 'application/json',
      'x-you-sent': authorization,
      'docker-content-digest': authorization,
    };
    response.writeHead(status, { ...headers, location: `http://127.0.0.1:1/${encoded}` }).end(body);
    return true;
  };

/** Runs a command, a different way each time, and finds nothing. */
async function expectSilence(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<{ code: number | null; said: string }> {
  const ways = {
    REFRESHD_LOG_LEVEL: 'debug',
    REFRESHD_LOG_FORMAT: turn % 2 === 0 ? 'text' : 'json',
    ...environment,
  };
  const { leaks, ...rest } = await bench.run({ args, environment: ways, onTerminal: turn % 3 === 1 });
  turn++;
  expect(leaks, `${args.join(' ')}\n${rest.said}`).toEqual([]);
  return rest;
}

/** Every command that comes to an end by itself, but `up`; what the daemon starts is among them. */
const COMMANDS: readonly (readonly string[])[] = [
  ['run'],
  ['run', '--json'],
  ['run', '--scheduled'],
  ['check', '--plan'],
  ['check', '--json', '--plan'],
  ['status'],
  ['history', '--json'],
  ['rollback', 'app'],
  ['recover', '--scheduled'],
  ['doctor'],
  ['doctor', '--json'],
  ['tick', 'start'],
  ['pin', 'app'],
  ['unpin', 'app', '--json'],
];

/** Where nobody waits for it, every command meets every trouble; else some of them do, in turn. */
const ALL = [...COMMANDS, ['up']];
const inTurn = (index: number) => (IS_LONG ? ALL : [ALL[(index * 4) % ALL.length] ?? []]);

/** What people look at first. */
const SOME = [['run'], ['check', '--json'], ['status'], ['doctor']] as const;

it('would find them', () => {
  const finds = (text: string) => canaries.find(`xy${text}z`).length;
  for (const before of ['', 'a', 'ab', 'abc']) {
    const text = `${before}${IN_ENV} and more`;
    expect(finds(text)).toBe(1);
    expect(finds(base64(text))).toBe(1);
    expect(finds(Buffer.from(text).toString('base64url'))).toBe(1);
    expect(finds(base64(`{"auth":"${base64(text)}"}`))).toBe(1);
    expect(finds(Buffer.from(text).toString('hex'))).toBe(1);
  }
  expect(finds(IN_ENV.slice(0, 14))).toBe(1);
  expect(finds(randomBytes(100_000).toString('base64'))).toBe(0);
});

/** Publishes as a person who is logged in. */
async function offer(options: ServiceOptions): Promise<void> {
  lab.registry.misbehave = undefined;
  await lab.publish(options);
  lab.registry.misbehave = needsLogin;
}

it('shows none when all goes well, whatever is asked for', async () => {
  await offer({ version: '2' });
  for (const args of [['check', '--plan'], ['check', '--json', '--plan'], ['run', '--json'], ...COMMANDS])
    await expectSilence(args);
  expect((await expectSilence(['history'])).said).toMatch(/app\s+rolled-back[\s\S]+app\s+updated/);
  const labels = JSON.stringify((await lab.inspect('app')).Config.Labels)
    .replaceAll(IN_LABEL, '')
    .replaceAll(IN_HEALTH, '');
  expect(canaries.find(labels), 'labels of ours').toEqual([]);
});

it('shows none while compose starts the stack', async () => {
  expect((await expectSilence(['up'])).code).toBe(0);
  expect((await lab.inspect('autotask-mcp')).Config.Env).toContain(`AUTOTASK_SECRET=${IN_STACK}`);
  expect((await expectSilence(['up', '--json'])).said).toContain('"refreshd.up/1"');
  for (const args of SOME) await expectSilence(args);
});

describe('an update that fails', () => {
  const LEVELS = ['debug', 'info', 'warn', 'error'].flatMap(level =>
    ['text', 'json'].map(format => ({ REFRESHD_LOG_LEVEL: level, REFRESHD_LOG_FORMAT: format })),
  );
  const EACH_LEVEL = LEVELS.filter((_, index) => IS_LONG || [0, 3, 4, 7].includes(index));
  const BAD_CHECK = { Env: ['PATH=/bin', 'CHECK=bad'] };
  /** What goes wrong, and what is said of it all the same. */
  const FAILURES: readonly {
    readonly what: string;
    readonly options?: Omit<ServiceOptions, 'version'>;
    readonly says: RegExp;
    readonly spoil?: EngineProxy['spoil'];
    readonly levels?: typeof LEVELS;
  }[] = [
    {
      what: 'whose /health tells what it knows',
      options: { behaviour: 'tells' },
      says: /HTTP 500: \*\*\*/,
      // Each level once, and both formats, since every one of these is a whole update and back.
      levels: EACH_LEVEL,
    },
    {
      what: 'whose check tells what it knows',
      options: { config: BAD_CHECK },
      says: /HEALTHCHECK says unhealthy: password \*\*\* \*\*\*/,
      levels: LEVELS.slice(0, 2),
    },
    {
      what: 'whose program is not there',
      options: { config: { Entrypoint: ['/bin/missing'] } },
      says: /could not start/,
      levels: LEVELS.slice(0, 2),
    },
    {
      what: 'because the engine refuses it, and repeats it',
      says: /could not create container app\S*: bad request: /,
      spoil: ({ path }) =>
        path.startsWith('/containers/create') ? { kind: 'echo', status: 400 } : undefined,
    },
    {
      what: 'because the engine trips over it, and repeats it',
      says: /could not create container/,
      spoil: ({ path }) =>
        path.startsWith('/containers/create') ? { kind: 'echo', status: 500 } : undefined,
      levels: LEVELS.slice(0, 2),
    },
    {
      what: 'because the engine does not pull it, and repeats the login',
      says: /could not pull .*: bad request: .*\*\*\*/,
      spoil: ({ path }) => (path.startsWith('/images/create') ? { kind: 'echo', status: 500 } : undefined),
    },
  ];

  it.each(FAILURES)(
    '$what',
    async ({ options, says, spoil, levels = EACH_LEVEL }) => {
      for (const [index, level] of levels.entries()) {
        await offer({ version: `2.${index}`, ...options });
        proxy.spoil = spoil;
        const { code, said } = await expectSilence(index % 2 === 0 ? ['run'] : ['run', '--json'], level);
        proxy.spoil = undefined;
        expect(code).toBe(1);
        expect(said.replace(/\s+/g, ' ')).toMatch(says);
      }
      for (const args of IS_LONG ? COMMANDS : SOME) await expectSilence(args);
    },
    600_000,
  );

  it('because the registry refuses the engine, and repeats the login', async () => {
    await offer({ version: '2' });
    lab.registry.misbehave = (request, response) =>
      /docker/i.test(request.headers['user-agent'] ?? '') && request.method === 'GET'
        ? echoes(403)(request, response)
        : needsLogin(request, response);
    const { said } = await expectSilence(['run']);
    expect(said.replace(/\s+/g, ' ')).toMatch(/could not pull/);
  });
});

/** All of them go through a proxy with a password, which is not there. */
function proxied() {
  return { HTTPS_PROXY: `http://me:${IN_PROXY}@127.0.0.1:1`, NO_PROXY: '127.0.0.1' };
}

/** What keeps things from working, and what that does to the environment. */
type Trouble = readonly [string, () => Record<string, string> | void | Promise<void>];

const inHome = (path: string) => join(lab.home, path);
const helperSays = (text: string, exit = 0) => {
  writeConfig({ credHelpers: { [lab.registry.host]: 'canary' } });
  writeFileSync(join(config, 'helper-says'), text);
  writeFileSync(join(config, 'helper-exit'), String(exit));
};

const TROUBLES: readonly Trouble[] = [
  ['an engine that is not there', () => ({ DOCKER_HOST: 'unix:///nowhere.sock' })],
  ['a password for the engine', () => ({ DOCKER_HOST: `tcp://me:${IN_HOST}@127.0.0.1:1` })],
  ['a password for an engine elsewhere', () => ({ DOCKER_HOST: `tcp://me:${IN_HOST}@192.0.2.1:2375` })],
  ['a password for an engine by ssh', () => ({ DOCKER_HOST: `ssh://me:${IN_HOST}@127.0.0.1:1` })],
  ['a DOCKER_HOST of nonsense', () => ({ DOCKER_HOST: `${IN_HOST}` })],
  ['a DOCKER_HOST of another kind', () => ({ DOCKER_HOST: `npipe://me:${IN_HOST}@x` })],
  [
    'secrets among the settings',
    () => lab.writeSettings({ AUTOTASK_SECRET: IN_SETTINGS, REFRESHD_PASSWORD: IN_SETTINGS }),
  ],
  [
    'settings that are no such file',
    () => writeFileSync(inHome('refreshd.env'), `\0${IN_SETTINGS}\n${IN_SETTINGS}\n`),
  ],
  [
    'several bad settings',
    () => ({ REFRESHD_SCHEDULE: '61 * * * *', REFRESHD_WATCH: 'some', REFRESHD_STABLE_FOR: 'soon' }),
  ],
  ['logs in a file', () => writeFileSync(inHome('logs'), '')],
  ['a state folder behind a link', () => symlinkSync('/tmp', inHome('state'))],
  ['an .env for all to read', () => chmodSync(inHome('.env'), 0o644)],
  [
    'an .env that is not complete',
    () => writeFileSync(inHome('.env'), `AUTOTASK_SECRET=${IN_STACK}\nX='${IN_STACK}`),
  ],
  [
    'logins that are torn',
    () => writeConfig(`{"auths":{"${lab.registry.host}":{"auth":"${base64(`me:${PASSWORD}`)}`),
  ],
  [
    'logins of another shape',
    () => writeConfig({ auths: { [lab.registry.host]: { auth: [PASSWORD], password: { PASSWORD } } } }),
  ],
  [
    'a login without a name',
    () => writeConfig({ auths: { [lab.registry.host]: { auth: base64(PASSWORD) } } }),
  ],
  [
    'an identity token where none is taken',
    () => writeConfig({ auths: { [lab.registry.host]: { identitytoken: TOKEN } } }),
  ],
  ['a helper that fails', () => helperSays(`no ${HELPER} here`, 1)],
  ['a helper that says nonsense', () => helperSays(`{"Username": "me", "Secret": "${HELPER}`)],
  ['a helper that says half of it', () => helperSays(JSON.stringify({ Secret: HELPER }))],
  [
    'a helper whose secret is repeated',
    () => {
      helperSays(JSON.stringify({ Username: 'me', Secret: HELPER }));
      lab.registry.misbehave = echoes(403);
    },
  ],
  ...[200, 307, 401, 403, 404, 429, 500].map(
    (status): Trouble => [
      `a registry that repeats the login with ${status}`,
      () => {
        lab.registry.misbehave = echoes(status);
      },
    ],
  ),
  [
    'a registry behind a proxy with a password',
    async () => {
      const { Image: image } = await lab.inspect('app');
      const { body } = await lab.api('GET', `/images/${image}/json`);
      await lab.api('POST', `/images/${image}/tag?repo=registry.test/team/app&tag=1`);
      await lab.run('far', { Image: 'registry.test/team/app:1' });
      // As if it had been pulled from there.
      const digest = String(body.RepoDigests[0]).replace(/.*@/, 'registry.test/team/app@');
      const answer = JSON.stringify({
        ...body,
        RepoTags: ['registry.test/team/app:1'],
        RepoDigests: [digest],
      });
      proxy.spoil = ({ method, path }) =>
        method === 'GET' && /^\/images\/.+\/json$/.test(path)
          ? { kind: 'garbled', when: 'before', body: answer }
          : undefined;
      expect((await expectSilence(['check'], proxied())).said).toMatch(
        /far\s+unresolved.*registry\.test|registry\.test.*proxy/s,
      );
    },
  ],
  [
    'labels that are not understood',
    async () => {
      await lab.run('labelled', {
        Image: lab.reference(),
        Labels: { 'refreshd.health.url': `http://me:${IN_HEALTH}@127.0.0.1/`, 'x.token': IN_LABEL },
      });
    },
  ],
  [
    'everything that Node and its modules would print',
    () => ({ DEBUG: '*', NODE_DEBUG: 'http,https,net,tls,undici,child_process' }),
  ],
  ['everything that modules would print', () => ({ DEBUG: '*' })],
];

describe('what is set up wrong', () => {
  it.each(everyNth(2, TROUBLES).map((trouble, index) => [...trouble, inTurn(index)] as const))(
    '%s',
    async (_, spoil, commands) => {
      const environment = { ...proxied(), ...((await spoil()) ?? {}) };
      for (const args of commands) await expectSilence(args, environment);
    },
  );
});

describe('a token service', () => {
  let service: Server;
  let answer: (authorization: string, body: string) => { status: number; body: unknown };
  beforeAll(async () => {
    service = createServer((request, response) => {
      let body = '';
      request.on('data', chunk => {
        body += chunk;
      });
      request.on('end', () => {
        const said = answer(request.headers.authorization ?? '', body);
        response
          .writeHead(said.status, { 'content-type': 'application/json' })
          .end(JSON.stringify(said.body));
      });
    });
    await new Promise<void>(resolve => service.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => void service.close());

  const challenge: Misbehaviour = (request, response) => {
    if (request.headers.authorization?.startsWith('Bearer ')) return echoes(403)(request, response);
    const realm = `http://127.0.0.1:${(service.address() as AddressInfo).port}/token`;
    response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="x"` }).end();
    return true;
  };

  it.each<[string, (sent: string) => { status: number; body: unknown }]>([
    ['that gives a token which the registry repeats', () => ({ status: 200, body: { token: BEARER } })],
    ['that refuses, and repeats', sent => ({ status: 401, body: { error: sent, details: sent } })],
    ['that gives no token, and repeats', sent => ({ status: 200, body: { token: [sent], x: sent } })],
    ['that is out of order, and repeats', sent => ({ status: 500, body: sent })],
  ])('%s', async (_, says) => {
    lab.registry.misbehave = challenge;
    answer = (authorization, body) => says(`${authorization} ${body}`);
    for (const auth of [{ auth: base64(`me:${PASSWORD}`) }, { identitytoken: TOKEN }]) {
      writeConfig({ auths: { [lab.registry.host]: auth } });
      for (const args of everyNth(2, SOME)) await expectSilence(args);
    }
  });
});

it('shows none when it breaks', async () => {
  const trap = join(tempFolder(), 'trap.mjs');
  const error =
    "Object.assign(new Error('broken: ' + process.env.HTTPS_PROXY), { auth: process.env.HTTPS_PROXY })";
  const isUp = "process.listenerCount('uncaughtException') > 0";
  writeFileSync(trap, `setInterval(() => { if (${isUp}) throw ${error}; }, 1);\n`);
  const { code, said } = await expectSilence(['check'], {
    HTTPS_PROXY: `http://me:${IN_PROXY}@127.0.0.1:1`,
    NODE_OPTIONS: `--import file://${trap}`,
  });
  expect([code, said]).toEqual([
    1,
    expect.stringMatching(/mistake in refreshd, please report it: Error: broken: http:\/\/me:\*\*\*@/),
  ]);
});
