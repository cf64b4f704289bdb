import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type EngineProxy, type Fault, type PassedCall, startEngineProxy } from '../support/engine-proxy.ts';
import { answerOf, Lab, resultOf, until } from '../support/lab.ts';

const HEALTH = 'http://127.0.0.1:18080/health';

let lab: Lab;
let proxy: EngineProxy;
let info: object;
beforeAll(async () => {
  lab = await Lab.open();
  proxy = await startEngineProxy(lab.socket, '/run/refreshd-sandbox/swap-proxy.sock');
  info = (await lab.api('GET', '/info')).body;
});
beforeEach(async () => {
  proxy.spoil = undefined;
  await lab.clear();
  await lab.publish({ version: '1' });
  await lab.pull();
  await lab.run('app', {
    HostConfig: { PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] } },
  });
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
  await lab.publish({ version: '2' });
});
afterAll(async () => {
  await proxy.close();
  await lab.close();
});

/** What another engine says, on which there is nothing. */
function anotherEngine({ path }: PassedCall): Fault | undefined {
  const says = (value: unknown): Fault => ({ kind: 'garbled', when: 'before', body: JSON.stringify(value) });
  if (path.startsWith('/version')) return undefined;
  if (path.startsWith('/info')) return says({ ...info, ID: 'ANOTHER' });
  if (/^\/(containers\/json|networks|events)/.test(path)) return says([]);
  return { kind: 'status', when: 'before', status: 404, message: 'no such thing' };
}

const journal = () => readdirSync(join(lab.home, 'state/rollouts'));
const refreshd = (...args: string[]) => lab.refreshd(args, { DOCKER_HOST: `unix://${proxy.socket}` });

it('concludes nothing from an engine that the rollout did not begin on', async () => {
  const run = lab.spawn(['run'], { DOCKER_HOST: `unix://${proxy.socket}` });
  proxy.spoil = ({ path }) =>
    path.endsWith('/start') ? { kind: 'tell', when: 'before', tell: () => run.kill('SIGKILL') } : undefined;
  await resultOf(run);
  const [entry = ''] = journal();

  proxy.spoil = anotherEngine;
  for (let attempt = 0; attempt < 4; attempt++) {
    const away = await refreshd('recover');
    expect(away.code).toBe(3);
    expect(away.stdout).toMatch(
      new RegExp(`not the one that this began on.*Point DOCKER_HOST .+ state/rollouts/${entry}`),
    );
    expect(journal()).toEqual([entry]);
  }

  proxy.spoil = undefined;
  expect((await refreshd('recover')).stdout).toMatch(/^app\trolled-back\t/);
  expect(await answerOf(HEALTH)).toBe('200 /health 1');
  expect([journal(), await lab.names()]).toEqual([[], ['app']]);
});

it('leaves a rollout open when the socket leads elsewhere in the middle of it', async () => {
  let isSwapped = false;
  proxy.spoil = call => {
    isSwapped ||= call.path.endsWith('/start');
    return isSwapped ? anotherEngine(call) : undefined;
  };
  const run = await refreshd('run');
  expect(run.code).toBe(3);
  expect(run.stdout).toMatch(/^app\trollback-failed\t.*not the one that this began on/);
  expect(journal()).toHaveLength(1);

  proxy.spoil = undefined;
  expect((await refreshd('recover')).stdout).toMatch(/^app\trolled-back\t/);
  expect(await answerOf(HEALTH)).toBe('200 /health 1');
  expect(await lab.names()).toEqual(['app']);
});

it('believes the engine that has the containers, whatever it calls itself', async () => {
  const run = lab.spawn(['run'], { DOCKER_HOST: `unix://${proxy.socket}` });
  proxy.spoil = ({ path }) =>
    path.endsWith('/start') ? { kind: 'tell', when: 'before', tell: () => run.kill('SIGKILL') } : undefined;
  await resultOf(run);
  proxy.spoil = call => (call.path.startsWith('/info') ? anotherEngine(call) : undefined);
  expect((await refreshd('recover')).stdout).toMatch(/^app\trolled-back\t/);
  expect(await answerOf(HEALTH)).toBe('200 /health 1');
  expect(journal()).toEqual([]);
});
