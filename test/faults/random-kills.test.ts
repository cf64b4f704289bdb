import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BYSTANDER, startBystander } from '../support/invariants.ts';
import { answerOf, Lab, resultOf, until } from '../support/lab.ts';
import { IS_LONG } from '../support/long-run.ts';

const HEALTH = 'http://127.0.0.1:18080/health';
const KILLS = IS_LONG ? 50 : 5;
const QUICK = { REFRESHD_STABLE_FOR: '0', REFRESHD_HEALTH_TIMEOUT: '20s', REFRESHD_KEEP_IMAGES: '0' };
/** A run of the command takes about this long from its start to its end, in milliseconds. */
const LONGEST = 3500;

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
  await lab.clear();
  await lab.publish({ version: '0' });
  await lab.pull();
  await startBystander(lab);
  await lab.run('app', {
    Volumes: { '/data': {} },
    HostConfig: {
      PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] },
      RestartPolicy: { Name: 'unless-stopped' },
    },
  });
  await until('version 0 answers', async () => (await answerOf(HEALTH)) === '200 /health 0');
});
afterAll(() => lab.close());

/** The same moments again for the same seed, as far as a killed process has them (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What must be so whenever nothing is under way. @returns the version that answers */
async function expectOne(possible: readonly string[]): Promise<string> {
  expect(await lab.names()).toEqual(['app', BYSTANDER]);
  const app = await lab.inspect('app');
  expect([app.State.Running, app.HostConfig.RestartPolicy.Name]).toEqual([true, 'unless-stopped']);
  await until('it answers', async () => (await answerOf(HEALTH))?.startsWith('200') === true);
  const version = (await answerOf(HEALTH))?.split(' ').at(-1) ?? '';
  expect(possible).toContain(version);
  expect(await lab.imageId(), 'the tag points at what runs').toBe(app.Image);
  expect((await lab.api('GET', '/volumes')).body.Volumes).toHaveLength(1);
  expect(readdirSync(join(lab.home, 'state/rollouts'))).toEqual([]);
  return version;
}

it(`is whole after each of ${KILLS} kills at random moments, and leaves nothing behind`, async () => {
  const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1e9);
  const next = random(seed);
  process.stdout.write(`random kills: ${KILLS}, FAULT_SEED=${seed}\n`);
  let running = '0';
  let killed = 0;
  for (let version = 1; version <= KILLS; version++) {
    const isGood = version % 2 === 1;
    await lab.publish({ version: String(version), behaviour: isGood ? 'good' : 'exits' });
    const child = lab.spawn(['run'], QUICK);
    const ended = resultOf(child);
    await sleep(next() * LONGEST);
    child.kill('SIGKILL');
    if ((await ended).code === null) killed += 1;
    // Recovery is a command of its own, and the beginning of every run.
    const recovery = version % 3 === 0 ? ['run'] : ['recover'];
    const { stderr } = await lab.refreshd(recovery, QUICK);
    expect(stderr).toBe('');
    running = await expectOne(isGood ? [running, String(version)] : [running]);
  }
  process.stdout.write(`random kills: ${killed} hit a running process, ${KILLS} held\n`);

  await lab.publish({ version: 'last' });
  expect((await lab.refreshd(['run'], QUICK)).code).toBe(0);
  expect(await expectOne(['last'])).toBe('last');
  const { body: images } = await lab.api('GET', '/images/json?all=1');
  expect(
    images.flatMap(({ RepoTags }: { RepoTags: string[] | null }) => RepoTags ?? ['none']).sort(),
  ).toEqual([lab.reference(), lab.reference(BYSTANDER)].sort());
  const { body: bridge } = await lab.api('GET', '/networks/bridge');
  expect(Object.keys(bridge.Containers)).toHaveLength(2);
}, 900_000);
