import { expect, it } from 'vitest';
import { nearest } from '../../../src/base/nearest.ts';

it.each<[string, string[], string | undefined]>([
  ['ap', ['db', 'app', 'web'], 'app'],
  ['app', ['app'], 'app'],
  ['x', [], undefined],
  ['nobody', ['app'], undefined],
  ['something-else-altogether', ['app'], undefined],
])('nearest to %s among %j is %s', (text, among, expected) => {
  expect(nearest(text, among, 3)).toBe(expected);
});
