import { appendFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastReplaced, openHistory, type PastRollout, wentForward } from '../../../src/journal/history.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const past = (rollout: string, over: Partial<PastRollout> = {}): PastRollout => ({
  v: 1,
  rollout,
  container: 'web',
  reference: 'registry.test/web:1',
  outcome: 'updated',
  fromImage: 'sha256:1',
  startedAt: 1,
  endedAt: 2,
  ...over,
});

function open() {
  const state = tempFolder();
  return { history: openHistory(state), path: join(state, 'history.jsonl') };
}

describe('the history', () => {
  it('is empty at first', async () => {
    expect(await open().history.read()).toEqual([]);
  });

  it('is read oldest first, as it was written, by its owner alone', async () => {
    const { history, path } = open();
    const all = [
      past('a', { downtime: 7, reason: 'r', toDigest: 'd' }),
      past('b', { outcome: 'rolled-back' }),
    ];
    for (const each of all) await history.add(each);
    expect(await history.read()).toEqual(all);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('counts a rollout that was written twice once, by its last word', async () => {
    const { history } = open();
    await history.add(past('a', { outcome: 'rollback-failed' }));
    await history.add(past('a', { container: 'sidecar' }));
    await history.add(past('b'));
    await history.add(past('a', { outcome: 'rolled-back' }));
    expect(await history.read()).toEqual([
      past('a', { outcome: 'rolled-back' }),
      past('a', { container: 'sidecar' }),
      past('b'),
    ]);
  });

  it('loses only the line that was torn, wherever it was', async () => {
    const line = `${JSON.stringify(past('torn'))}\n`;
    for (let length = 0; length < line.length - 1; length += 7) {
      const { history, path } = open();
      await history.add(past('a'));
      appendFileSync(path, line.slice(0, length));
      await history.add(past('b'));
      expect(await history.read()).toEqual([past('a'), past('b')]);
    }
  });

  it('leaves out what it does not understand', async () => {
    const { history, path } = open();
    const lines = [
      '',
      'x',
      'null',
      JSON.stringify({ ...past('v2'), v: 2 }),
      JSON.stringify({ ...past('x'), endedAt: '' }),
    ];
    writeFileSync(path, `${lines.join('\n')}\n${JSON.stringify(past('a'))}\n`);
    expect(await history.read()).toEqual([past('a')]);
  });

  it('throws a StateError where it cannot be read or written', async () => {
    const { history, path } = open();
    mkdirSync(path);
    await expect(history.read()).rejects.toMatchObject({ name: 'StateError', code: 'unreadable' });
    await expect(history.add(past('a'))).rejects.toMatchObject({ name: 'StateError', code: 'not-writable' });
  });
});

describe('the last update that was not taken back', () => {
  const update = (rollout: string, from: string) =>
    past(rollout, { fromImage: from, fromDigest: `${from}-digest`, toDigest: `${rollout}-digest` });
  const back = (rollout: string, to: string) => past(rollout, { outcome: 'rolled-back', fromImage: to });

  it.each<[string, readonly PastRollout[], string | undefined]>([
    ['is none at first', [], undefined],
    ['is the newest', [update('a', '1'), update('b', '2')], 'b'],
    ['is not one of another container', [{ ...update('a', '1'), container: 'db' }], undefined],
    ['is not one that failed', [update('a', '1'), past('b', { outcome: 'failed' })], 'a'],
    ['is not one that was taken back', [update('a', '1'), update('b', '2'), back('c', '2')], 'a'],
    ['is none once all were taken back', [update('a', '1'), back('b', '1')], undefined],
    ['stays where an update was rolled back by itself', [update('a', '1'), back('b', '2')], 'a'],
    [
      'is not one that only made the container anew',
      [update('a', '1'), past('b', { fromDigest: 'same', toDigest: 'same' })],
      'a',
    ],
  ])('%s', (_, all, expected) => {
    expect(lastReplaced(all, 'web')?.rollout).toBe(expected);
  });
});

it('knows of which rollouts the new container stayed', () => {
  const all = [past('a'), past('b', { outcome: 'rolled-back' })];
  expect(['a', 'b', 'c'].map(id => wentForward(all, id))).toEqual([true, false, false]);
});
