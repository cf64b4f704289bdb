import { appendFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  lastReplaced,
  openHistory,
  type PastRollout,
  wentForward,
  withoutOldest,
} from '../../../src/journal/history.ts';
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

describe('a history of years', () => {
  const update = (rollout: string, container: string) =>
    past(rollout, { container, fromDigest: `before-${rollout}`, toDigest: rollout, reason: 'x'.repeat(200) });

  it('is made shorter, keeps its newest, and what each container would go back to', async () => {
    const { history, path } = open();
    const line = (rollout: string, container: string) => `${JSON.stringify(update(rollout, container))}\n`;
    const old = line('first', 'db') + line('second', 'db');
    const many = Array.from({ length: 2400 }, (_, index) => line(`a${index}`, 'web')).join('');
    writeFileSync(path, old + many);
    let longest = 0;
    for (let index = 0; index < 600; index++) {
      await history.add(update(`b${index}`, 'web'));
      longest = Math.max(longest, statSync(path).size);
    }
    expect(longest).toBeLessThan(1024 * 1024 + 500);
    expect(statSync(path).size).toBeLessThan(900 * 1024);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const read = await history.read();
    expect(read.map(({ rollout }) => rollout).slice(-601, -598)).toEqual(['a2399', 'b0', 'b1']);
    expect(read[0]).toEqual(update('second', 'db'));
    expect(lastReplaced(read, 'db')?.rollout).toBe('second');
  });

  it.each([
    ['all of it where there is room', 5, ['u1', 'u2', 'f3', 'f4', 'f5']],
    ['what a rollback needs before what is newer', 3, ['u1', 'u2', 'f5']],
    ['the newest of that where there is no room for more', 1, ['u2']],
    ['nothing where there is none', 0, []],
  ])('keeps %s', (_, count, expected) => {
    const failed = (rollout: string) => past(rollout, { outcome: 'failed', fromDigest: 'x', toDigest: 'y' });
    const all = [
      past('u1', { container: 'one', fromDigest: 'x', toDigest: 'y' }),
      past('u2', { container: 'two', fromDigest: 'x', toDigest: 'y' }),
      ...['f3', 'f4', 'f5'].map(failed),
    ];
    const room = count * (JSON.stringify(all[0]).length + 1);
    expect(withoutOldest(all, room).map(({ rollout }) => rollout)).toEqual(expected);
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
