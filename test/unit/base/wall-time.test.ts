import { describe, expect, it } from 'vitest';
import { momentOf, startOfDay, wallTimeAt } from '../../../src/base/wall-time.ts';

const at = (text: string) => Date.parse(`${text}Z`);
const text = (moment: number) => new Date(moment).toISOString().slice(0, 16);

describe('the moment of a wall time', () => {
  it.each([
    ['that is there once', 'Europe/Berlin', '2026-07-01T03:00', '2026-07-01T01:00'],
    ['just before a change', 'Europe/Berlin', '2026-03-29T01:59', '2026-03-29T00:59'],
    ['that is left out: the change', 'Europe/Berlin', '2026-03-29T02:00', '2026-03-29T01:00'],
    ['that is left out, at its end', 'Europe/Berlin', '2026-03-29T02:59', '2026-03-29T01:00'],
    ['just after a change', 'Europe/Berlin', '2026-03-29T03:00', '2026-03-29T01:00'],
    ['that is there twice: the first', 'Europe/Berlin', '2026-10-25T02:00', '2026-10-25T00:00'],
    ['that is there twice, at its end', 'Europe/Berlin', '2026-10-25T02:59', '2026-10-25T00:59'],
    ['after it is there twice', 'Europe/Berlin', '2026-10-25T03:00', '2026-10-25T02:00'],
    ['in half an hour that is left out', 'Australia/Lord_Howe', '2026-10-04T02:15', '2026-10-03T15:30'],
    ['in half an hour that is there twice', 'Australia/Lord_Howe', '2026-04-05T01:45', '2026-04-04T14:45'],
    ['in a day that is left out', 'Pacific/Apia', '2011-12-30T12:00', '2011-12-30T10:00'],
    ['a day before that', 'Pacific/Apia', '2011-12-29T12:00', '2011-12-29T22:00'],
    ['a day after that', 'Pacific/Apia', '2011-12-31T12:00', '2011-12-30T22:00'],
    ['in a day that is left out going west', 'Pacific/Kwajalein', '1993-08-21T03:00', '1993-08-21T12:00'],
    ['in a midnight that is left out', 'America/Sao_Paulo', '2018-11-04T00:30', '2018-11-04T03:00'],
    ['far in the west', 'Pacific/Pago_Pago', '2026-07-01T23:00', '2026-07-02T10:00'],
    ['far in the east', 'Pacific/Kiritimati', '2026-07-01T00:30', '2026-06-30T10:30'],
  ])('%s', (_, zone, wallTime, expected) => {
    expect(text(momentOf(at(wallTime), zone))).toBe(expected);
  });
});

it('is what clocks show, and back again', () => {
  expect(text(wallTimeAt(at('2026-07-01T22:30'), 'Asia/Kathmandu'))).toBe('2026-07-02T04:15');
  expect(momentOf(wallTimeAt(1_234_567_890_123, undefined), undefined)).toBe(1_234_567_890_123);
});

it('begins its day at midnight, before 1970 too', () => {
  expect(text(startOfDay(at('2026-07-01T22:30')))).toBe('2026-07-01T00:00');
  expect(text(startOfDay(at('1969-07-01T22:30')))).toBe('1969-07-01T00:00');
});
