import { expect, it } from 'vitest';
import { withoutAsking } from '../../../src/plan/verdict.ts';
import { digestOf } from '../../support/rollout-samples.ts';

const D = digestOf('1');

it.each([
  ['has to be asked', undefined, [D], undefined],
  ['pinned', D, [D], 'pinned to a digest by its own reference'],
  ['pinned and built here', D, [], 'pinned to a digest by its own reference'],
  ['built here', undefined, [], 'built or tagged here: it has no digest of that repository'],
] as const)('a registry is not asked of an image that is %s', (_, pinnedDigest, digests, reason) => {
  const expected = reason === undefined ? undefined : { kind: 'skipped', reason };
  expect(withoutAsking({ pinnedDigest, digests })).toEqual(expected);
});
