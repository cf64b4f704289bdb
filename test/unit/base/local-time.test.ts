import { expect, it } from 'vitest';
import { formatLocalTime, isTimeZone } from '../../../src/base/local-time.ts';

it.each([
  ['2026-11-29T02:00:00Z', 'Europe/Berlin', '2026-11-29 03:00:00 +01:00'],
  ['2026-06-30T22:30:05Z', 'Europe/Berlin', '2026-07-01 00:30:05 +02:00'],
  ['2026-10-25T00:30:00Z', 'Europe/Berlin', '2026-10-25 02:30:00 +02:00'],
  ['2026-10-25T01:30:00Z', 'Europe/Berlin', '2026-10-25 02:30:00 +01:00'],
  ['2026-01-01T00:00:00Z', 'UTC', '2026-01-01 00:00:00 +00:00'],
  ['2026-01-01T00:00:00Z', 'Asia/Kolkata', '2026-01-01 05:30:00 +05:30'],
  ['2026-01-01T00:00:00Z', 'America/St_Johns', '2025-12-31 20:30:00 -03:30'],
])('writes %s in %s as %s', (moment, zone, expected) => {
  expect(formatLocalTime(Date.parse(moment), zone)).toBe(expected);
});

it('takes the machine’s own zone where none is named', () => {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(formatLocalTime(0)).toBe(formatLocalTime(0, own));
});

it.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['Europe/Atlantis', false],
  ['', false],
])('knows whether "%s" is a time zone', (name, expected) => {
  expect(isTimeZone(name)).toBe(expected);
});
