import { expect, it } from 'vitest';
import {
  parseRolloutName,
  predecessorName,
  preflightName,
  successorName,
} from '../../../src/container/names.ts';

it('calls each by name, rollout and role', () => {
  expect(successorName('web', 'r1')).toBe('web.refreshd-r1.new');
  expect(predecessorName('web', 'r1')).toBe('web.refreshd-r1.old');
  expect(preflightName('web', 'r1')).toBe('web.refreshd-r1.preflight');
});

it.each([
  ['web.refreshd-r1.new', { name: 'web', rolloutId: 'r1', role: 'new' }],
  ['web.refreshd-r1.old', { name: 'web', rolloutId: 'r1', role: 'old' }],
  ['web.refreshd-r1.preflight', { name: 'web', rolloutId: 'r1', role: 'preflight' }],
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
