import { expect, it } from 'vitest';
import { parseRolloutName, predecessorName, successorName } from '../../../src/container/names.ts';

it('calls the two by name, rollout and role', () => {
  expect(successorName('web', 'r1')).toBe('web.refreshd-r1.new');
  expect(predecessorName('web', 'r1')).toBe('web.refreshd-r1.old');
});

it.each([
  ['web.refreshd-r1.new', { name: 'web', rolloutId: 'r1', role: 'new' }],
  ['web.refreshd-r1.old', { name: 'web', rolloutId: 'r1', role: 'old' }],
  ['a.refreshd-x.old.refreshd-y.new', { name: 'a.refreshd-x.old', rolloutId: 'y', role: 'new' }],
])('reads %s', (name, expected) => {
  expect(parseRolloutName(name)).toEqual(expected);
});

it.each([
  'web',
  'web.refreshd-r1',
  '.refreshd-r1.new',
  'web.refreshd-.new',
  'web.refreshd-R1.new',
  'web.refreshd-r1.new2',
  'web.refreshd-r1.tmp',
])('leaves alone what is called %s', name => {
  expect(parseRolloutName(name)).toBeUndefined();
});
