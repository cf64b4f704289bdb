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

it('stays on its line, whatever it is given', () => {
  const msg = 'a\n2026-07-05 05:00:00 +02:00 info  forged\u001b[2K\u0085\u202e';
  expect(formatLogLine({ time: 0, level: 'info', msg })).not.toMatch(/[\n\u001b\u0085\u202e]/);
});
