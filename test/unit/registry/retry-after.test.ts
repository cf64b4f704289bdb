import { expect, it } from 'vitest';
import { retryAfter } from '../../../src/registry/retry-after.ts';
import { httpAnswer } from '../../support/scripted-http.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

it.each<[number, string | undefined, number | undefined]>([
  [429, '5', 5000],
  [503, '5', 5000],
  [429, ' 0 ', 0],
  [429, 'Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
  [503, 'Wed, 31 Dec 2025 23:00:00 GMT', 0],
  [429, '86400', 86_400_000],
  // Whoever says that does not mean it.
  [429, '86401', undefined],
  [429, 'Fri, 31 Dec 9999 23:59:59 GMT', undefined],
  [429, `1${'0'.repeat(30)}`, undefined],
  [429, '-5', undefined],
  [429, '1.5', undefined],
  [429, 'soon', undefined],
  [429, '', undefined],
  [429, undefined, undefined],
  [500, '5', undefined],
  [200, '5', undefined],
  [404, '5', undefined],
])('HTTP %i with Retry-After %j waits %s ms', (status, text, expected) => {
  const headers: Record<string, string> = text === undefined ? {} : { 'retry-after': text };
  expect(retryAfter(httpAnswer({ status, headers }), NOW)).toBe(expected);
});
