import { expect, it } from 'vitest';
import { openSeenDigests, withSeen } from '../../../src/journal/seen-digests.ts';
import { tempFolder } from '../../support/temp-folder.ts';

it('remembers names by digest, the newest last, and forgets the oldest of very many', async () => {
  const memory = openSeenDigests(tempFolder());
  expect((await memory.recall()).value).toEqual([]);
  await memory.remember(withSeen(['a', 'b'], ['c', 'a']));
  expect((await memory.recall()).value).toEqual(['b', 'c', 'a']);
  const many = Array.from({ length: 1000 }, (_, index) => `n${index}`);
  const next = withSeen(many, ['x', 'n0']);
  expect([next.length, next[0], next.at(-2), next.at(-1)]).toEqual([1000, 'n2', 'x', 'n0']);
});
