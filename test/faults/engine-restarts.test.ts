import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EngineProxy, type PassedCall, startEngineProxy } from '../support/engine-proxy.ts';
import { expectWhole, lookAtBystander, lookBefore, startBystander } from '../support/invariants.ts';
import { answerOf, Lab, resultOf, until } from '../support/lab.ts';
import { everyNth } from '../support/long-run.ts';

const ANSWERS = { url: 'http://127.0.0.1:18080/health', old: '200 /health 1', new: '200 /health 2' };
const SOCKET = '/run/refreshd-sandbox/restarts.sock';

let lab: Lab;
let proxy: EngineProxy;
beforeAll(async () => {
  lab = await Lab.open();
  proxy = await startEngineProxy(lab.socket, SOCKET);
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

/** @param restart a restart policy, or `--rm` */
async function begin(restart: string): Promise<void> {
  await lab.run('app', {
    Labels: { 'refreshd.allow-rm': 'true' },
    HostConfig: {
      PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] },
      ...(restart === '--rm' ? { AutoRemove: true } : { RestartPolicy: { Name: restart } }),
    },
  });
  await until('version 1 answers', async () => (await answerOf(ANSWERS.url)) === ANSWERS.old);
  await lab.publish({ version: '2' });
}

/** Ends the engine; whoever started it starts it again. */
async function restartEngine(): Promise<void> {
  const pid = () => Number(readFileSync(join(dirname(lab.socket), 'docker.pid'), 'utf8'));
  const old = pid();
  process.kill(old, 'SIGTERM');
  const isBack = async () => {
    try {
      return pid() !== old && (await lab.api('GET', '/_ping')).status === 200;
    } catch {
      return false;
    }
  };
  await until('the engine is back', isBack, 60_000);
}

/** The names of those that run and are app's, old or new. */
async function running(): Promise<string[]> {
  const { body } = await lab.api('GET', '/containers/json');
  const names = body.map(({ Names }: { Names: string[] }) => (Names[0] ?? '').slice(1));
  return names.filter((name: string) => name.startsWith('app'));
}

const POLICIES = ['always', 'unless-stopped', 'on-failure', 'no'];
const POINTS: readonly (readonly [string, RegExp, readonly string[]])[] = [
  ['the old one is stopped', /^POST .*\/stop\?/, everyNth(2, POLICIES)],
  ['the new one is started', /^POST .*\/start/, everyNth(2, [...POLICIES].reverse())],
];

describe.each(POINTS)('the machine starts anew when %s', (_, point, policies) => {
  it.each(policies)('with restart policy %s', async policy => {
    await begin(policy);
    await startBystander(lab);
    const before = await lookBefore(lab, 'app');
    const child = lab.spawn(['run'], { DOCKER_HOST: `unix://${SOCKET}` });
    proxy.spoil = ({ method, path }: PassedCall) =>
      point.test(`${method} ${path}`)
        ? { kind: 'tell', when: 'after', tell: () => child.kill('SIGKILL') }
        : undefined;
    expect((await resultOf(child)).code).toBe(null);
    await restartEngine();
    expect((await running()).length).toBeLessThanOrEqual(1);
    await lab.refreshd(['recover']);
    expect(await expectWhole(lab, { ...before, bystander: await lookAtBystander(lab) }, ANSWERS)).toBe('old');
  });
});

it.each(['unless-stopped', '--rm'])(
  'is not held against the image of a container with %s that the engine was restarted while it was watched',
  async restart => {
    await begin(restart);
    let restarted: Promise<void> | undefined;
    proxy.watch = async ({ method, path }: PassedCall) => {
      if (/^POST .*\/start/.test(`${method} ${path}`)) restarted ??= restartEngine();
    };
    const { code, stdout } = await lab.refreshd(['run'], {
      DOCKER_HOST: `unix://${SOCKET}`,
      REFRESHD_STABLE_FOR: '3s',
    });
    await restarted;
    proxy.watch = undefined;
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^app\trolled-back\t/)]);
    expect(await lab.names()).toEqual(['app']);
    expect(await answerOf(ANSWERS.url)).toBe(ANSWERS.old);
    expect((await lab.refreshd(['run'])).stdout).toMatch(/^app\tupdated\t/);
  },
);
