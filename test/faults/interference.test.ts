import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EngineProxy, type PassedCall, startEngineProxy } from '../support/engine-proxy.ts';
import { answerOf, type CommandResult, Lab, resultOf, until } from '../support/lab.ts';
import { everyNth } from '../support/long-run.ts';

let lab: Lab;
let proxy: EngineProxy;
beforeAll(async () => {
  lab = await Lab.open();
  proxy = await startEngineProxy(lab.socket, '/run/refreshd-sandbox/interference.sock');
});
beforeEach(async () => {
  await lab.clear();
  proxy.watch = undefined;
  await lab.publish({ version: '1' });
  await lab.pull();
  await lab.run('app', BODY);
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
});
afterAll(async () => {
  await proxy.close();
  await lab.close();
});

const HEALTH = 'http://127.0.0.1:18080/health';
const BODY = {
  StopTimeout: 6,
  HostConfig: {
    PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] },
    RestartPolicy: { Name: 'unless-stopped' },
  },
};
const THROUGH_PROXY = { DOCKER_HOST: 'unix:///run/refreshd-sandbox/interference.sock' };
const STABLE = { REFRESHD_STABLE_FOR: '4s' };

/** Somebody does something after the first call that fits; the call itself is answered as ever. */
async function runWhile(
  fits: RegExp,
  act: () => Promise<unknown>,
  environment: Record<string, string> = STABLE,
): Promise<CommandResult> {
  let acting: Promise<unknown> | undefined;
  proxy.watch = async ({ method, path }: PassedCall) => {
    if (acting !== undefined || !fits.test(`${method} ${path}`)) return;
    acting = act();
    await acting;
  };
  return lab.refreshd(['run'], { ...THROUGH_PROXY, ...environment });
}

const AFTER_PULL = /^POST \/images\/create/;
const WHILE_WATCHED = /^POST \/containers\/[0-9a-f]{64}\/start/;

describe('what somebody changes before anything is stopped', () => {
  const onFailure = { Name: 'on-failure', MaximumRetryCount: 3 };
  const CHANGES: readonly (readonly [string, () => Promise<unknown>, string, object])[] = [
    [
      'memory',
      () => lab.api('POST', '/containers/app/update', { Memory: 64e6, MemorySwap: 64e6 }),
      'HostConfig.Memory',
      { HostConfig: { Memory: 64e6 }, State: { Running: true } },
    ],
    [
      'another restart policy',
      () => lab.api('POST', '/containers/app/update', { RestartPolicy: onFailure }),
      'HostConfig.RestartPolicy',
      { HostConfig: { RestartPolicy: onFailure } },
    ],
    [
      'a stop',
      () => lab.api('POST', '/containers/app/stop?t=0'),
      'State.Running',
      { State: { Running: false } },
    ],
    ['a pause', () => lab.api('POST', '/containers/app/pause'), 'State.Paused', { State: { Paused: true } }],
    ['another name', () => lab.api('POST', '/containers/app/rename?name=mine'), 'Name', { Name: '/mine' }],
  ];

  it.each(everyNth(2, CHANGES))('is theirs: %s', async (_, change, place, after) => {
    const { Id: id } = await lab.inspect('app');
    await lab.publish({ version: '2' });
    const { stdout, code } = await runWhile(AFTER_PULL, change);
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/^app\tfailed\t.*somebody changed it meanwhile/),
    ]);
    expect(stdout).toContain(place);
    expect(await lab.names()).toHaveLength(1);
    expect(await lab.inspect(id)).toMatchObject({ Id: id, ...after });
    expect(await lab.imageId()).toBe((await lab.inspect(id)).Image);
  });

  it('is theirs: removed', async () => {
    await lab.publish({ version: '2' });
    const { stdout } = await runWhile(AFTER_PULL, () => lab.api('DELETE', '/containers/app?force=1'));
    expect(stdout).toMatch(/^app\tfailed\t.*somebody removed it/);
    expect(await lab.names()).toEqual([]);
  });
});

describe('while the new one is watched', () => {
  beforeEach(() => lab.publish({ version: '2' }));

  it.each([
    ['stop', () => lab.api('POST', '/containers/app/stop?t=0')],
    ['restart', async () => void setTimeout(() => lab.api('POST', '/containers/app/restart?t=0'), 1500)],
  ])('a %s by hand is not held against the image', async (_, act) => {
    const { stdout, code } = await runWhile(WHILE_WATCHED, act);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^app\trolled-back\t.*somebody stopped it/)]);
    expect(await answerOf(HEALTH)).toBe('200 /health 1');
    expect((await lab.refreshd(['run'])).stdout).toMatch(/^app\tupdated\t/);
  });

  it('says that nothing is left where somebody removed both', async () => {
    const removeBoth = async () => {
      for (const name of await lab.names()) await lab.api('DELETE', `/containers/${name}?force=1`);
    };
    const { stdout, code } = await runWhile(WHILE_WATCHED, removeBoth);
    expect([code, stdout]).toEqual([
      3,
      expect.stringMatching(/^app\trollback-failed\t.*nothing left to put back/),
    ]);
    expect(lab.log()).not.toContain('Running again');
    expect((await lab.refreshd(['run'])).code).toBe(0);
  });

  it('does not call a bad image an update because the old container was pruned', async () => {
    await lab.publish({ version: '3', behaviour: '500' });
    const { stdout, code } = await runWhile(WHILE_WATCHED, () => lab.api('POST', '/containers/prune'));
    expect([code, stdout]).toEqual([
      3,
      expect.stringMatching(/^app\trollback-failed\t.*HTTP 500.*somebody removed the old container/),
    ]);
    expect(await lab.names()).toEqual(['app']);
  });
});

it('begins nothing new with a container that could not be put back, until it can be', async () => {
  await lab.publish({ version: '2', behaviour: 'exits' });
  const thief: Server = createServer();
  const steal = () => new Promise<void>(resolve => thief.listen(18080, '127.0.0.1', () => resolve()));
  const first = await runWhile(/^POST \/containers\/[0-9a-f]{64}\/stop/, steal);
  expect(first.code).toBe(3);
  expect(first.stdout).toMatch(/By hand: .*docker start [0-9a-f]{12}.*; then: refreshd recover/);
  const { Id: id } = await lab.inspect('app');
  for (const attempt of [2, 3, 3]) {
    const again = await lab.refreshd(['run']);
    expect(again.code).toBe(3);
    expect(again.stdout).toContain(`attempt ${attempt} of 3`);
    expect(again.stdout).not.toContain('updated');
  }
  await new Promise(resolve => thief.close(resolve));
  expect((await lab.refreshd(['recover'])).stdout).toMatch(/^app\trolled-back\t/);
  expect(await answerOf(HEALTH)).toBe('200 /health 1');
  expect((await lab.inspect('app')).Id).toBe(id);
});

it('sees a stop through that was under way when it died', async () => {
  const slow = {
    ...BODY,
    Cmd: ['sh', '-c', "trap '' TERM; nc -ll -p 8080 -e /bin/answer & while :; do sleep 1; done"],
  };
  await lab.api('DELETE', '/containers/app?force=1');
  await lab.run('app', slow);
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
  await lab.publish({ version: '2' });
  proxy.calls.splice(0);
  const child = lab.spawn(['run'], THROUGH_PROXY);
  const ended = resultOf(child);
  await until('the stop is begun', () => proxy.calls.some(({ path }) => /\/stop/.test(path)), 30_000);
  child.kill('SIGKILL');
  await ended;
  expect((await lab.refreshd(['recover'])).stdout).toMatch(/^app\trolled-back\t/);
  await new Promise(resolve => setTimeout(resolve, 7000));
  expect(await answerOf(HEALTH)).toBe('200 /health 1');
});

it('puts one that crashed all along back as it was', async () => {
  await lab.api('DELETE', '/containers/app?force=1');
  await lab.run('app', {
    Cmd: ['sh', '-c', 'sleep 1; exit 1'],
    HostConfig: { RestartPolicy: { Name: 'always' } },
  });
  await until('it has crashed', async () => (await lab.inspect('app')).RestartCount > 0);
  await lab.publish({ version: '2' });
  const { code, stdout } = await lab.refreshd(['run'], STABLE);
  expect([code, stdout]).toEqual([1, expect.stringMatching(/^app\trolled-back\t/)]);
  expect(await lab.names()).toEqual(['app']);
});
