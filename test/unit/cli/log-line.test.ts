import { afterEach, expect, it, vi } from 'vitest';
import { formatLogLine } from '../../../src/cli/log-line.ts';

afterEach(() => vi.unstubAllEnvs());

it.each([
  ['UTC', { level: 'info', msg: 'All is well.' }, '2026-07-05 03:00:00 +00:00 info  All is well.'],
  [
    'Europe/Berlin',
    { level: 'error', msg: 'No.', container: 'web' },
    '2026-07-05 05:00:00 +02:00 error web: No.',
  ],
  ['America/St_Johns', { level: 'warn', msg: '', container: '' }, '2026-07-05 00:30:00 -02:30 warn  : '],
])('a line in %s', (zone, event, line) => {
  vi.stubEnv('TZ', zone);
  expect(formatLogLine({ time: Date.UTC(2026, 6, 5, 3), ...event })).toBe(line);
});
