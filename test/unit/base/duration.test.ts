import { expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../../src/base/duration.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

it.each([
  ['0', 0],
  ['500ms', 500],
  ['30s', 30 * SECOND],
  ['5m', 5 * MINUTE],
  ['1.5h', 1.5 * HOUR],
  ['7d', 7 * DAY],
  ['2w', 14 * DAY],
  ['366d', 366 * DAY],
  ['  5 M ', 5 * MINUTE],
])('reads "%s"', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

it.each([
  '',
  ' ',
  '30',
  '-5s',
  '+5s',
  '5 minutes',
  '5s 3s',
  '.5s',
  '1e3s',
  '1y',
  '367d',
  '53w',
  'Infinityd',
  's',
])('does not take "%s"', text => {
  expect(parseDuration(text)).toBeUndefined();
});

it('does not take a number of a thousand digits', () => {
  expect(parseDuration(`${'1'.repeat(1000)}s`)).toBeUndefined();
});

it.each([
  [0, '0.0 s'],
  [400, '0.4 s'],
  [12 * SECOND, '12 s'],
  [119 * SECOND, '119 s'],
  [2 * MINUTE, '2 min'],
  [3 * MINUTE + 10 * SECOND, '3 min'],
  [2 * HOUR, '2 h'],
  [2 * DAY, '2 d'],
  [5 * DAY + 2 * HOUR, '5 d'],
])('says %i ms as "%s"', (milliseconds, expected) => {
  expect(formatDuration(milliseconds)).toBe(expected);
});
