import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EngineProxy, startEngineProxy } from '../support/engine-proxy.ts';
import { answerOf, type CommandResult, Lab, resultOf, until } from '../support/lab.ts';

/*
 * What is proven is not proven for ever, and what runs beside it may end. Whatever happens between a proof and the
 * end of the rollout, one of the two serves.
 */

const PROXY_SOCKET = '/run/refreshd-sandbox/after-proof.sock';
const HEALTH = 'http://127.0.0.1:18080/health';
const STABLE = { REFRESHD_STABLE_FOR: '3s', REFRESHD_HEALTH_TIMEOUT: '5s' };
/** The new one gets the restart policy that it shall have in the end: the first step after it was proven. */
const FIRST_AFTER = /^POST \/containers\/\w+\/update/;

let lab: Lab;
let proxy: EngineProxy;
beforeAll(async () => {
  lab = await Lab.open();
  proxy = await startEngineProxy(lab.socket, PROXY_SOCKET);
});
beforeEach(async () => {
  await lab.clear();
  proxy.spoil = undefined;
  proxy.watch = undefined;
  await lab.publish({ version: '1' });
  await lab.pull();
});
afterAll(async () => {
  await proxy.close();
  await lab.close();
});

/** Runs, and does something at the first call that fits, before or after the engine has heard it. */
async function runWhile(fits: RegExp, act: () => Promise<unknown>): Promise<CommandResult> {
  let acting: Promise<unknown> | undefined;
  proxy.watch = async ({ method, path }) => {
    if (acting !== undefined || !fits.test(`${method} ${path}`)) return;
    acting = act();
    await acting;
  };
  return lab.refreshd(['run'], { ...STABLE, DOCKER_HOST: `unix://${PROXY_SOCKET}` });
}

const open = () => readdirSync(join(lab.home, 'state/rollouts'));
const stateOf = async (name: string) => (await lab.inspect(name)).State;

describe('one that was proven, and does not come up again', () => {
  it('is given up as long as the old one is there', async () => {
    const published = { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] };
    const restart = { Name: 'unless-stopped' };
    await lab.run('app', { HostConfig: { PortBindings: published, RestartPolicy: restart } });
    await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
    const old = await lab.inspect('app');
    const once = [
      'sh',
      '-c',
      'echo >>/started; [ "$(cat /started | wc -l)" = 1 ] || exit 5; exec /bin/start',
    ];
    await lab.publish({ version: '2', config: { Cmd: once } });
    let isProven = false;
    const child = lab.spawn(['run'], { ...STABLE, DOCKER_HOST: `unix://${PROXY_SOCKET}` });
    proxy.spoil = ({ method, path }) => {
      isProven ||= method === 'POST' && path.endsWith('/start');
      const isFirst = isProven && FIRST_AFTER.test(`${method} ${path}`);
      return isFirst ? { kind: 'tell', when: 'before', tell: () => child.kill('SIGKILL') } : undefined;
    };
    expect((await resultOf(child)).code).toBe(null);
    expect(await answerOf(HEALTH)).toBe('200 /health 2');
    // As after a power cut, but for the old one, which that would bring up.
    await lab.api('POST', '/containers/app/kill');

    const { code, stdout } = await lab.refreshd(['recover'], STABLE);
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/^app\trolled-back\t.*it (stopped by itself|crashed)/),
    ]);
    expect(await answerOf(HEALTH)).toBe('200 /health 1');
    const now = await lab.inspect('app');
    expect([now.Id, now.HostConfig.RestartPolicy, now.State.Running]).toEqual([
      old.Id,
      old.HostConfig.RestartPolicy,
      true,
    ]);
    expect([await lab.names(), open()]).toEqual([['app'], []]);
  });
});

describe('beside one that is started first', () => {
  const begin = (more: Record<string, unknown> = {}) =>
    lab.run('app', {
      StopTimeout: 1,
      Labels: { 'refreshd.strategy': 'start-first', 'refreshd.health.port': '8080' },
      ...more,
    });
  const successor = async () => (await lab.names()).find(name => name.endsWith('.new')) ?? '';
  const WATCHED = /^POST \/containers\/[^/]+\/start/;

  it('the old one goes on where the new one ends after its proof', async () => {
    const id = await begin();
    const { StartedAt: startedAt } = await stateOf('app');
    await lab.publish({ version: '2' });
    const end = async () => lab.api('POST', `/containers/${await successor()}/kill`);
    const { code, stdout } = await runWhile(FIRST_AFTER, end);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^app\tfailed\t.*after it was proven/)]);
    const now = await lab.inspect('app');
    expect([now.Id, now.State.StartedAt, now.State.Running]).toEqual([id, startedAt, true]);
    expect([await lab.names(), open()]).toEqual([['app'], []]);
    expect((await lab.refreshd(['run'], STABLE)).stdout, 'its image is not to blame').toMatch(
      /^app\tupdated\t/,
    );
  });

  it('an old one that ends by itself is started again', async () => {
    await lab.publish({ version: '1', behaviour: 'dies', lifetime: 6 });
    await lab.pull();
    const id = await begin();
    await lab.publish({ version: '2' });
    const { code, stdout } = await runWhile(WATCHED, async () => {
      await until('the old one has ended', async () => !(await stateOf('app')).Running, 10_000);
    });
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/^app\tfailed\t.*it stopped by itself meanwhile/),
    ]);
    expect([(await lab.inspect('app')).Id, (await stateOf('app')).Running]).toEqual([id, true]);
    expect(await lab.names()).toEqual(['app']);
  });

  it.each([
    ['alone', async () => lab.api('POST', '/containers/app/stop')],
    [
      'with all of its stack',
      async () => {
        for (const name of ['app', await successor()]) await lab.api('POST', `/containers/${name}/stop`);
      },
    ],
  ])('an old one that a person stops stays stopped: %s', async (_, stop) => {
    const id = await begin();
    await lab.publish({ version: '2' });
    const { code, stdout } = await runWhile(WATCHED, stop);
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/^app\tfailed\t.*somebody (changed|stopped) it/),
    ]);
    expect([(await lab.inspect('app')).Id, (await stateOf('app')).Running]).toEqual([id, false]);
    expect([await lab.names(), open()]).toEqual([['app'], []]);
  });

  it('an image that cannot run twice is not held to be broken', async () => {
    await lab.api('POST', '/networks/create', { Name: 'net' });
    const lonely = { Cmd: ['sh', '-c', 'wget -q -O- http://app:8080/health && exit 7; exec /bin/start'] };
    await lab.publish({ version: '1', config: lonely });
    await lab.pull();
    const id = await begin({ HostConfig: { NetworkMode: 'net' } });
    await until('it is up', async () => (await stateOf('app')).Running);
    const { digest } = await lab.publish({ version: '2', config: lonely });
    const { code, stdout } = await lab.refreshd(['run'], STABLE);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^app\tfailed\t.*exit code 7.*beside itself the image that runs fails too/);
    expect([(await lab.inspect('app')).Id, (await stateOf('app')).Running]).toEqual([id, true]);
    expect(await lab.names()).toEqual(['app']);
    expect(JSON.parse((await lab.refreshd(['check', '--json'])).stdout).containers[0]).toMatchObject({
      outcome: 'outdated',
      to: digest,
    });
  });
});
