import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildImage } from '../support/image.ts';
import { Lab, MAIN, resultOf, until } from '../support/lab.ts';
import { nodeLayer } from '../support/node-image.ts';
import { npmImage } from '../support/npm-image.ts';
import { startNpmRegistry } from '../support/npm-registry.ts';
import { publish } from '../support/publish.ts';

const CHECKOUT = join(dirname(MAIN), '../..');
/** What there is in a checkout that must not get into an image. */
const CANARY = 'canary-5d1f';
const WAY = 2399;

let lab: Lab;
let folder: string;
beforeAll(async () => {
  lab = await Lab.open();
  await lab.clear();
  folder = mkdtempSync(join(tmpdir(), 'refreshd-image-'));
  await buildOurImage();
}, 600_000);
afterAll(async () => {
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Builds the Dockerfile as it is. Only where npm gets its packages from is another, since here is no network. */
async function buildOurImage(): Promise<void> {
  await publish(lab.registry, 'node', 'slim', await npmImage());
  await lab.pull(lab.reference('node', 'slim'));
  const context = join(folder, 'context');
  cpSync(CHECKOUT, context, {
    recursive: true,
    filter: path => !/\/(node_modules|\.sandbox|\.git|dist|man|logs)$/.test(path),
  });
  for (const name of ['.env', 'refreshd.env']) writeFileSync(join(context, name), `${CANARY}\n`);
  for (const name of ['state', 'logs', 'node_modules']) {
    mkdirSync(join(context, name));
    writeFileSync(join(context, name, CANARY), CANARY);
  }
  const registry = await startNpmRegistry(CHECKOUT);
  leaveOutDigests(context);
  const npmrc = readFileSync(join(context, '.npmrc'), 'utf8');
  writeFileSync(join(context, '.npmrc'), `${npmrc}registry=${registry.url}\n`);
  const args = ['--network', 'host', '--build-arg', `BASE=${lab.reference('node', 'slim')}`];
  const env = { PATH: process.env['PATH'], DOCKER_HOST: `unix://${lab.socket}`, DOCKER_BUILDKIT: '0' };
  const tag = ['--tag', lab.reference('refreshd')];
  const built = await resultOf(spawn('docker', ['build', ...args, ...tag, context], { env }));
  await registry.close();
  if (built.code !== 0) throw new Error(`${built.stdout}\n${built.stderr}`);
}

/** The registry here has packed everything anew, so the digests are others. */
function leaveOutDigests(context: string): void {
  const file = join(context, 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  for (const entry of Object.values<{ integrity?: string }>(lock.packages)) delete entry.integrity;
  writeFileSync(file, JSON.stringify(lock));
}

/** Runs our image as the documentation says: by its own user, in the group of the socket. */
async function start(
  name: string,
  Cmd: readonly string[],
  more: Record<string, unknown> = {},
): Promise<string> {
  const { HostConfig = {}, Env = [], ...rest } = more as { HostConfig?: object; Env?: string[] };
  return lab.run(name, {
    Image: lab.reference('refreshd'),
    Cmd,
    Env: ['REFRESHD_WATCH=all', 'REFRESHD_STABLE_FOR=1s', 'REFRESHD_HEALTH_TIMEOUT=8s', ...Env],
    HostConfig: {
      NetworkMode: 'host',
      Binds: [`${lab.socket}:/var/run/docker.sock`],
      GroupAdd: [String(statSync(lab.socket).gid)],
      LogConfig: { Type: 'json-file' },
      ...HostConfig,
    },
    ...rest,
  });
}

async function wordsOf(name: string): Promise<string> {
  const { body } = await lab.api('GET', `/containers/${name}/logs?stdout=1&stderr=1`);
  // Each piece has a head of eight bytes.
  return String(body).replaceAll(/[\x00-\x02]\x00{3}[\s\S]{4}/g, '');
}

async function endOf(name: string): Promise<{ readonly code: number; readonly words: string }> {
  const { body } = await lab.api('POST', `/containers/${name}/wait`);
  const words = await wordsOf(name);
  await lab.api('DELETE', `/containers/${name}?v=1`);
  return { code: body.StatusCode, words };
}

/** Runs a program in a container to its end. */
async function inside(container: string, ...Cmd: string[]): Promise<{ code: number; words: string }> {
  const created = await lab.api('POST', `/containers/${container}/exec`, {
    ...{ Cmd, AttachStdout: true, AttachStderr: true },
  });
  const { body } = await lab.api('POST', `/exec/${created.body.Id}/start`, { Detach: false });
  const { body: state } = await lab.api('GET', `/exec/${created.body.Id}/json`);
  return { code: state.ExitCode, words: String(body) };
}

/** The image that everybody has, and the newest of the registry. */
async function offer(repository: string, version: string, config: object = {}): Promise<void> {
  const image = buildImage([await nodeLayer()], { Env: [`APP_VERSION=${version}`], ...config });
  await publish(lab.registry, repository, 'latest', image);
}

const STAYS = { Cmd: ['/bin/node', '-e', 'process.on("SIGTERM", process.exit); setInterval(() => {}, 1e6)'] };

it('has the program and what it needs, and runs it as nobody special', async () => {
  const { body } = await lab.api('GET', `/images/${lab.reference('refreshd')}/json`);
  expect(body.Config).toMatchObject({
    User: '1000:1000',
    Volumes: { '/srv/refreshd': {} },
    Cmd: ['daemon'],
    StopSignal: 'SIGTERM',
  });
  await start('look', ['-c', 'ls -A /opt/refreshd; cat /opt/refreshd/.env; id -u'], { Entrypoint: ['sh'] });
  const { words } = await endOf('look');
  expect(words).toMatch(/^completions$/m);
  expect(words).not.toMatch(/^(node_modules|test|src|state|refreshd\.env)$/m);
  expect(words).not.toContain(CANARY);
  expect(words).toMatch(/^1000$/m);
});

it('says so where it may not write, whoever it is', async () => {
  await start('stranger', ['check'], { User: '4321:4321' });
  const { code, words } = await endOf('stranger');
  expect(words).toMatch(
    /refreshd: The state folder \/srv\/refreshd\/state cannot be written to \(EACCES\)\. Give user 4321/,
  );
  expect(code).toBe(2);
});

it('keeps other containers up to date, and itself as it is', async () => {
  await offer('app', '1', STAYS);
  await lab.pull();
  const app = await lab.run('app');
  // Ours has a newer one too.
  await lab.api(
    'POST',
    `/images/${lab.reference('refreshd')}/tag?repo=${lab.registry.host}/refreshd&tag=kept`,
  );
  const self = await start('refreshd', ['daemon'], {
    Healthcheck: { Interval: 1_000_000_000 },
    HostConfig: { RestartPolicy: { Name: 'unless-stopped' } },
  });
  await offer('app', '2', STAYS);
  await offer('refreshd', '2');

  const check = await inside('refreshd', 'refreshd', 'check', '--json');
  expect(check.words).toMatch(/"name": ?"app"[^}]*"outdated"|"outcome": ?"outdated"/);
  expect(check.words).toContain('refreshd itself runs in it');
  const run = await inside('refreshd', 'refreshd', 'run');
  expect(run.words).toMatch(/app\tupdated\t/);
  expect(run.code).toBe(0);
  expect((await lab.inspect('app')).Id).not.toBe(app);
  expect((await lab.inspect('app')).Config.Env).toContain('APP_VERSION=2');
  expect((await lab.inspect('refreshd')).Id).toBe(self);
  expect((await inside('refreshd', 'cat', '/srv/refreshd/logs/update.log')).words).toContain('1 updated');

  await until(
    'it is found to be healthy',
    async () => {
      return (await lab.inspect('refreshd')).State.Health?.Status === 'healthy';
    },
    60_000,
  );
  await lab.api('POST', '/containers/refreshd/stop?t=60');
  const { State } = await lab.inspect('refreshd');
  expect([State.ExitCode, State.OOMKilled]).toEqual([0, false]);
});

it('leaves its way to the engine alone, whether that is a port or its own network', async () => {
  await lab.api('DELETE', '/containers/refreshd?force=1&v=1');
  const relay = `const { createServer, connect } = require('net');
    process.on('SIGTERM', process.exit);
    createServer(from => { const to = connect('/var/run/docker.sock'); from.pipe(to).pipe(from);
      for (const each of [from, to]) each.on('error', () => from.destroy()); }).listen(${WAY});`;
  const proxy = { Cmd: ['/bin/node', '-e', relay], ExposedPorts: { [`${WAY}/tcp`]: {} } };
  await offer('proxy', '1', proxy);
  await lab.pull(lab.reference('proxy'));
  const Binds = [`${lab.socket}:/var/run/docker.sock`];
  const PortBindings = { [`${WAY}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: String(WAY) }] };
  const Image = lab.reference('proxy');
  const published = await lab.run('published', { Image, HostConfig: { Binds, PortBindings } });
  await offer('proxy', '2', proxy);

  const Env = [`DOCKER_HOST=tcp://127.0.0.1:${WAY}`];
  const names = ['published', 'joined'];
  const asked = (network: string) => ({ Env, HostConfig: { Binds: [], GroupAdd: [], NetworkMode: network } });
  await start('by-port', ['check', '--json', 'published'], asked('host'));
  const byPort = await endOf('by-port');
  expect(byPort.words).toContain('refreshd reaches the engine through it');
  await lab.api('POST', '/containers/published/stop');
  // The same port on the same host.
  const joined = await lab.run('joined', { Image, HostConfig: { Binds, NetworkMode: 'host' } });

  await start('within', ['run'], asked('container:joined'));
  const within = await endOf('within');
  expect(within.words).toMatch(/^joined\tskipped\t.*has its network/m);
  expect(within.words).toMatch(/^within\tskipped\t.*has its network/m);
  const ids = await Promise.all(names.map(async name => (await lab.inspect(name)).Id));
  expect(ids).toEqual([expect.any(String), joined]);
  expect(published).toEqual(expect.any(String));
});
