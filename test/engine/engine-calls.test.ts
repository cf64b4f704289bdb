import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type EngineProxy, startEngineProxy } from '../support/engine-proxy.ts';
import { answerOf, Lab, resultOf, until } from '../support/lab.ts';

/*
 * SECURITY.md lists the calls that the engine ever gets from us. Everything that we do is done here through a door
 * that writes down what passes, and the two are compared.
 */

const HEALTH = 'http://127.0.0.1:18080/health';
const PORT = { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] };

let lab: Lab;
let proxy: EngineProxy;
beforeAll(async () => {
  lab = await Lab.open();
  proxy = await startEngineProxy(lab.socket, '/run/refreshd-sandbox/calls-proxy.sock');
});
beforeEach(async () => {
  proxy.spoil = undefined;
  proxy.watch = undefined;
  await lab.clear();
  await lab.publish({ version: '1' });
  await lab.pull();
});
afterAll(async () => {
  await proxy.close();
  await lab.close();
});

const DOOR = () => ({ DOCKER_HOST: `unix://${proxy.socket}` });
const refreshd = (args: readonly string[], environment: Record<string, string> = {}) =>
  lab.refreshd(args, { ...DOOR(), ...environment });

async function runApp(body: Record<string, unknown> = {}, host: Record<string, unknown> = {}): Promise<void> {
  await lab.run('app', { ...body, HostConfig: { PortBindings: PORT, ...host } });
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
}

it('an update and back, with everything that only looks', async () => {
  await lab.api('POST', '/networks/create', { Name: 'one' });
  await lab.api('POST', '/networks/create', { Name: 'two' });
  await runApp({}, { NetworkMode: 'one', RestartPolicy: { Name: 'always' } });
  await lab.api('POST', '/networks/two/connect', { Container: 'app' });
  await lab.publish({ version: '2' });
  expect((await refreshd(['check', '--plan'])).code).toBe(10);
  expect((await refreshd(['run'], { REFRESHD_KEEP_IMAGES: '1' })).stdout).toMatch(/^app\tupdated\t/);
  expect((await refreshd(['rollback', 'app'])).stdout).toMatch(/^app\trolled-back\t/);
  for (const command of ['status', 'history', 'recover', 'doctor', 'pin app', 'unpin app'])
    expect([command, (await refreshd(command.split(' '))).code]).toEqual([command, 0]);
});

it('one that is tried in a copy first', async () => {
  await runApp({ Labels: { 'refreshd.preflight': 'on' } });
  await lab.publish({ version: '2', behaviour: 'exits' });
  expect((await refreshd(['run'])).stdout).toMatch(/^app\tfailed\t.*found in preflight/);
});

it('one that is started first', async () => {
  await lab.run('app', { Labels: { 'refreshd.strategy': 'start-first', 'refreshd.health.port': '8080' } });
  await lab.publish({ version: '2' });
  expect((await refreshd(['run'])).stdout).toMatch(/^app\tupdated\t/);
});

it('images that are kept no longer', async () => {
  await runApp();
  for (const version of ['2', '3']) {
    await lab.publish({ version });
    expect((await refreshd(['run'], { REFRESHD_KEEP_IMAGES: '0' })).stdout).toMatch(/^app\tupdated\t/);
  }
});

it('an image that fails, with a volume of its own', async () => {
  await runApp({ Volumes: { '/data': {} } });
  await lab.publish({ version: '2', behaviour: 'exits', config: { Volumes: { '/fresh': {} } } });
  expect((await refreshd(['run'])).stdout).toMatch(/^app\trolled-back\t/);
});

it('a network that was made anew in the middle', async () => {
  await lab.api('POST', '/networks/create', { Name: 'net' });
  await runApp({}, { NetworkMode: 'net' });
  await lab.publish({ version: '2', behaviour: 'exits' });
  let isMade = false;
  proxy.watch = async ({ path }) => {
    if (isMade || !/\/stop\?/.test(path)) return;
    isMade = true;
    await lab.api('DELETE', '/networks/net');
    await lab.api('POST', '/networks/create', { Name: 'net' });
  };
  expect((await refreshd(['run'])).stdout).toMatch(/^app\trolled-back\t/);
  expect(await answerOf(HEALTH)).toBe('200 /health 1');
});

it('a run that was killed, and its recovery', async () => {
  await runApp();
  await lab.publish({ version: '2' });
  const run = lab.spawn(['run'], DOOR());
  proxy.spoil = ({ path }) =>
    path.endsWith('/start') ? { kind: 'tell', when: 'before', tell: () => run.kill('SIGKILL') } : undefined;
  await resultOf(run);
  proxy.spoil = undefined;
  expect((await refreshd(['recover'])).stdout).toMatch(/^app\trolled-back\t/);
});

it('a registry that only the engine may be able to ask', async () => {
  await runApp();
  lab.registry.misbehave = request => {
    request.socket.destroy();
    return true;
  };
  expect((await refreshd(['check'])).stdout).toMatch(/^app\tunresolved\t/);
});

it('a set that is tied together', async () => {
  await runApp();
  await lab.run('side', {
    Cmd: ['sleep', '3600'],
    StopTimeout: 0,
    HostConfig: { NetworkMode: 'container:app' },
  });
  await lab.publish({ version: '2' });
  expect((await refreshd(['run'])).stdout).toMatch(/^app\tupdated\t/m);
});

it('one that goes when it stops', async () => {
  await runApp({ Labels: { 'refreshd.allow-rm': 'true' } }, { AutoRemove: true });
  await lab.publish({ version: '2', behaviour: 'exits' });
  expect((await refreshd(['run'])).stdout).toMatch(/^app\trolled-back\t/);
});

/** One line of the list: method, path with `{…}` for names, and why it may never be seen here. */
const LINE = /^(GET|POST|DELETE) +(\/\S+)(?: +# (.+))?$/;

it('all of that is what SECURITY.md lists, and nothing is listed that is never called', () => {
  const [, list = ''] =
    /## Calls to the engine[\s\S]*?```text\n([\s\S]*?)```/.exec(readFileSync('SECURITY.md', 'utf8')) ?? [];
  const allowed = list
    .trimEnd()
    .split('\n')
    .map(line => {
      const [, method = '', path = '', elsewhere] = LINE.exec(line) ?? [];
      // Names of images hold slashes; ids, and other names, do not.
      const pattern = path.replaceAll('{image}', '.+').replace(/\{\w+\}/g, '[^/]+');
      return { line, elsewhere, pattern: new RegExp(`^${method} ${pattern}$`) };
    });
  const seen = [...new Set(proxy.calls.map(({ method, path }) => `${method} ${path.replace(/\?.*$/, '')}`))];
  expect(seen.filter(call => !allowed.some(({ pattern }) => pattern.test(call)))).toEqual([]);
  const unseen = allowed.filter(({ pattern }) => !seen.some(call => pattern.test(call)));
  expect(unseen.filter(({ elsewhere }) => elsewhere === undefined).map(({ line }) => line)).toEqual([]);
  process.stdout.write(
    `Calls to the engine: ${proxy.calls.length} seen, of ${allowed.length - unseen.length} kinds; ${allowed.length} are listed.\n`,
  );
});
