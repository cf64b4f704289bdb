import { expect, it } from 'vitest';
import { formatRelative } from '../../../src/base/relative-time.ts';

const HOUR = 3_600_000;

it.each([
  [-3 * HOUR, '3 h ago'],
  [-1000, '1.0 s ago'],
  [-999, 'now'],
  [0, 'now'],
  [999, 'now'],
  [5 * 24 * HOUR, 'in 5 d'],
])('says of a moment %i ms from now "%s"', (distance, expected) => {
  const now = Date.UTC(2026, 10, 29);
  expect(formatRelative(now + distance, now)).toBe(expected);
});
