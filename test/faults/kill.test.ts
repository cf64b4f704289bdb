import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EngineProxy, isChange, type PassedCall, startEngineProxy } from '../support/engine-proxy.ts';
import { type Before, expectWhole, lookBefore, startBystander } from '../support/invariants.ts';
import { answerOf, Lab, resultOf, until } from '../support/lab.ts';
import { IS_LONG } from '../support/long-run.ts';
import type { Behaviour } from '../support/service-image.ts';

const ANSWERS = { url: 'http://127.0.0.1:18080/health', old: '200 /health 1', new: '200 /health 2' };
/** Real processes are slow to start; the matrix kills at every change, in one process. */
const STRIDE = IS_LONG ? 1 : 12;
const QUICK = { REFRESHD_STABLE_FOR: '0', REFRESHD_HEALTH_TIMEOUT: '20s' };

let lab: Lab;
let proxy: EngineProxy;
beforeAll(async () => {
  lab = await Lab.open();
  proxy = await startEngineProxy(lab.socket, '/run/refreshd-sandbox/proxy.sock');
});
afterAll(async () => {
  await proxy.close();
  await lab.close();
});

async function begin(behaviour: Behaviour): Promise<Before> {
  await lab.clear();
  proxy.spoil = undefined;
  proxy.calls.splice(0);
  await lab.publish({ version: '1' });
  await lab.pull();
  await startBystander(lab);
  await lab.run('app', {
    Volumes: { '/data': {} },
    HostConfig: {
      PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] },
      RestartPolicy: { Name: 'unless-stopped' },
    },
  });
  await until('version 1 answers', async () => (await answerOf(ANSWERS.url)) === ANSWERS.old);
  await lab.publish({ version: '2', behaviour });
  return lookBefore(lab, 'app');
}

/** Runs an update whose process is killed at one change of the engine, then has it recovered. */
async function killedAt(
  index: number,
  when: 'before' | 'after',
  behaviour: Behaviour,
): Promise<'old' | 'new'> {
  const before = await begin(behaviour);
  const child = lab.spawn(['run'], { ...QUICK, DOCKER_HOST: `unix://${proxy.socket}` });
  let changes = 0;
  proxy.spoil = (call: PassedCall) => {
    if (!isChange(call) || changes++ !== index) return undefined;
    return { kind: 'tell', when, tell: () => child.kill('SIGKILL') };
  };
  const killed = await resultOf(child);
  expect(killed.code).toBe(null);
  const recovered = await lab.refreshd(['recover'], QUICK);
  expect(recovered.stderr).toBe('');
  const which = await expectWhole(lab, before, ANSWERS);
  const again = await lab.refreshd(['recover'], QUICK);
  expect(again.stdout).toBe('No rollout was left unfinished.\n');
  expect(await expectWhole(lab, before, ANSWERS)).toBe(which);
  return which;
}

/** The changes that an undisturbed run makes on the engine: the matrix is over these, whatever they are. */
async function changesOf(behaviour: Behaviour): Promise<readonly string[]> {
  await begin(behaviour);
  await lab.refreshd(['run'], { ...QUICK, DOCKER_HOST: `unix://${proxy.socket}` });
  return proxy.calls
    .filter(isChange)
    .map(
      ({ method, path }) =>
        `${method} ${path.replace(/[0-9a-f]{64}/g, id => id.slice(0, 6)).replace(/\?.*/, '')}`,
    );
}

describe.each(['good', 'exits'] as const)(
  'a rollout of an image that is %s, killed at each change',
  behaviour => {
    it('ends with one whole container after recovery', async () => {
      const changes = await changesOf(behaviour);
      expect(changes.length).toBeGreaterThan(8);
      const held: string[] = [];
      const kills = changes.flatMap((change, index) => [
        { change, index, when: 'before' as const },
        { change, index, when: 'after' as const },
      ]);
      for (const { change, index, when } of kills.filter((_, place) => place % STRIDE === STRIDE - 1)) {
        const which = await killedAt(index, when, behaviour).catch(error => {
          throw new Error(`killed ${when} ${change} (change ${index})`, { cause: error });
        });
        held.push(`${when} ${change}: ${which}`);
      }
      process.stdout.write(
        `${held.length} kills in a rollout that is ${behaviour}, all held:\n${held.map(each => `  ${each}\n`).join('')}`,
      );
    }, 900_000);
  },
);
