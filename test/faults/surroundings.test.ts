import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EngineProxy, startEngineProxy } from '../support/engine-proxy.ts';
import { answerOf, type CommandResult, Lab, until } from '../support/lab.ts';

const PROXY_SOCKET = '/run/refreshd-sandbox/surroundings.sock';
const HEALTH = 'http://127.0.0.1:18080/health';
const PORT = { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] };
const ADDRESS = '172.31.7.9';
const AT_ADDRESS = { EndpointsConfig: { front: { IPAMConfig: { IPv4Address: ADDRESS } } } };
const FRONT = { Name: 'front', IPAM: { Config: [{ Subnet: '172.31.7.0/24' }] } };

let lab: Lab;
let proxy: EngineProxy;
let old: string;
beforeAll(async () => {
  lab = await Lab.open();
  proxy = await startEngineProxy(lab.socket, PROXY_SOCKET);
});
beforeEach(async () => {
  await lab.clear();
  proxy.watch = undefined;
  await lab.api('POST', '/networks/create', FRONT);
  await lab.publish({ version: '1' });
  await lab.pull();
  old = await lab.run('app', {
    StopTimeout: 1,
    Volumes: { '/data': {} },
    HostConfig: { PortBindings: PORT, NetworkMode: 'front', Binds: ['named:/named'] },
    NetworkingConfig: AT_ADDRESS,
  });
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
  await lab.publish({ version: '2' });
});
afterAll(async () => {
  await proxy.close();
  await lab.close();
});

const PULLED = /^POST \/images\/create/;
const LOOKED_AT = /^GET \/images\/.+@sha256:\w+\/json/;
const STOPPED = /^POST \/containers\/\w+\/stop/;

/** Something happens once these calls have come by, one after the other. */
async function runWhile(calls: readonly RegExp[], act: () => Promise<unknown>): Promise<CommandResult> {
  const ahead = [...calls];
  proxy.watch = async ({ method, path }) => {
    if (ahead[0]?.test(`${method} ${path}`) !== true) return;
    ahead.shift();
    if (ahead.length === 0) await act();
  };
  const result = await lab.refreshd(['run'], { DOCKER_HOST: `unix://${PROXY_SOCKET}` });
  expect(ahead, 'what never came by').toEqual([]);
  return result;
}

const prune = (what: string, filters = {}) =>
  lab.api('POST', `/${what}/prune?filters=${encodeURIComponent(JSON.stringify(filters))}`);

it('an image that is pruned before it is used costs nothing, and is taken at the next run', async () => {
  const { State: before } = await lab.inspect('app');
  const { code, stdout } = await runWhile([PULLED, LOOKED_AT], () =>
    prune('images', { dangling: ['false'] }),
  );
  expect([code, stdout]).toEqual([1, expect.stringMatching(/^app\tfailed\t.*No such image/i)]);
  expect((await lab.inspect('app')).State).toEqual(before);
  expect(await lab.names()).toEqual(['app']);
  expect((await lab.refreshd(['run'])).stdout).toMatch(/^app\tupdated\t/);
});

it('volumes that are pruned in the middle are not those of a container that is stopped', async () => {
  const names = async () =>
    (await lab.api('GET', '/volumes')).body.Volumes.map(({ Name }: { Name: string }) => Name).sort();
  const before = await names();
  expect(before).toHaveLength(2);
  const run = await runWhile([STOPPED], () => prune('volumes'));
  expect(run.stdout).toMatch(/^app\tupdated\t/);
  expect(await names()).toEqual(before);
});

describe('what another container takes in the gap', () => {
  it.each([
    ['port', 'port 18080/tcp of the host', { HostConfig: { PortBindings: PORT } }],
    ['address', `address ${ADDRESS}`, { HostConfig: { NetworkMode: 'front' }, NetworkingConfig: AT_ADDRESS }],
  ])('%s: it is named, and not held against the image', async (_, what, body) => {
    await lab.publish({ version: 'thief' }, 'thief');
    await lab.pull(lab.reference('thief'));
    const labels = { Labels: { 'refreshd.enable': 'false' } };
    const steal = () => lab.run('thief', { Image: lab.reference('thief'), ...labels, ...body });
    const { code, stdout } = await runWhile([STOPPED], steal);
    expect([code, stdout]).toEqual([3, expect.stringMatching(/^app\trollback-failed\t/)]);
    expect(stdout).toContain(`: thief has ${what}; going back failed: `);
    expect(stdout).toMatch(/By hand: .*docker start [0-9a-f]{12}/);
    expect((await lab.inspect('thief')).State.Running).toBe(true);
    await lab.api('DELETE', '/containers/thief?force=1');
    expect((await lab.refreshd(['recover'])).stdout).toMatch(/^app\trolled-back\t/);
    expect((await lab.inspect('app')).Id).toBe(old);
    expect(await answerOf(HEALTH)).toBe('200 /health 1');
    expect((await lab.refreshd(['run'])).stdout).toMatch(/^app\tupdated\t/);
  });
});

describe('a network that goes from under a stopped container', () => {
  const remove = () => lab.api('DELETE', '/networks/front');
  const makeAgain = async () => {
    await remove();
    await lab.api('POST', '/networks/create', FRONT);
  };

  it('and is made again: the new one is on it', async () => {
    const { stdout } = await runWhile([STOPPED], makeAgain);
    expect(stdout).toMatch(/^app\tupdated\t/);
    const { NetworkSettings: settings } = await lab.inspect('app');
    expect(settings.Networks.front.IPAddress).toBe(ADDRESS);
  });

  it('and is made again: the old one is put on it where the new one is no good', async () => {
    await lab.publish({ version: '2', behaviour: 'exits' });
    const { stdout } = await runWhile([STOPPED], makeAgain);
    expect(stdout).toMatch(/^app\trolled-back\t/);
    const { Id, NetworkSettings: settings } = await lab.inspect('app');
    expect([Id, settings.Networks.front.IPAddress]).toEqual([old, ADDRESS]);
    expect(await answerOf(HEALTH)).toBe('200 /health 1');
  });

  it('for good: it is named, nobody is blamed, and going back waits until it is there again', async () => {
    const { code, stdout } = await runWhile([STOPPED], remove);
    expect([code, stdout]).toEqual([3, expect.stringMatching(/^app\trollback-failed\t/)]);
    expect(stdout).toMatch(
      /could not start container .+: network .+ not found .+; going back failed: .+ not found/,
    );
    await makeAgain();
    expect((await lab.refreshd(['recover'])).stdout).toMatch(/^app\trolled-back\t/);
    const { Id, NetworkSettings: settings } = await lab.inspect('app');
    expect([Id, settings.Networks.front.IPAddress]).toEqual([old, ADDRESS]);
    expect((await lab.refreshd(['run'])).stdout, 'the image is not to blame').toMatch(/^app\tupdated\t/);
  });
});
