import { expect, it } from 'vitest';
import { nameIsForeign } from '../../../src/plan/observed.ts';
import { idOf, NEW, newOne, OLD, oldOne, seen } from '../../support/rollout-samples.ts';

it.each([
  [undefined, false],
  [OLD, false],
  [NEW, false],
  [idOf('9'), true],
])('a name held by %s: foreign is %s', (nameHolder, foreign) => {
  expect(nameIsForeign(seen({ predecessor: oldOne(), successor: newOne(), nameHolder }))).toBe(foreign);
});

it('is foreign too if none of ours is left', () => {
  expect(nameIsForeign(seen({ nameHolder: OLD }))).toBe(true);
});
