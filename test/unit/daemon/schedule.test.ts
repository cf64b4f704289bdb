import { afterEach, describe, expect, it, vi } from 'vitest';
import { nextDueTimes, scheduleProblem } from '../../../src/daemon/schedule.ts';

const FIVE =
  'five fields are needed: minute, hour, day of month, month, day of week (0 3 * * 0 is Sunday 03:00)';

describe('an expression', () => {
  it.each([
    '0 3 * * 0',
    ' 0 3 * * 0 ',
    '*/15 * * * *',
    '0 3 * * sun',
    '0 3 * * 7',
    '0 3 29 2 *',
    '0,30 1-5 1 jan,jul *',
  ])('%j can be used', expression => {
    expect(scheduleProblem(expression)).toBeUndefined();
  });

  it.each([
    ['', FIVE],
    ['0 3 * *', FIVE],
    ['0 0 3 * * 0', FIVE],
    ['@weekly', FIVE],
    ['99 3 * * 0', /99 .* minute/],
    ['0 24 * * 0', /24 .* hour/],
    ['0 3 32 * *', /32 .* day of month/],
    ['0 3 * 13 *', /13 .* month/],
    ['0 3 * * 8', /8 .* week day/],
    ['0 3 * * someday', /someday .* week day/],
    ['*/0 3 * * 0', /\*\/0 .* minute/],
    ['0 3 31 2 *', /impossible day of month/],
  ])('%j cannot, and it is said why', (expression, why) => {
    expect(scheduleProblem(expression)).toMatch(why);
  });
});

describe('the next due times', () => {
  afterEach(() => vi.useRealTimers());

  function due(now: string, expression: string, zone: string, count = 2): string[] {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date(now) });
    return nextDueTimes({ expression, zone }, count).map(time => new Date(time).toISOString().slice(0, 16));
  }

  it.each([
    [
      'weekly, in summer',
      '2026-07-01T12:00Z',
      '0 3 * * 0',
      'Europe/Berlin',
      ['2026-07-05T01:00', '2026-07-12T01:00'],
    ],
    [
      'weekly, in winter',
      '2026-11-02T12:00Z',
      '0 3 * * 0',
      'Europe/Berlin',
      ['2026-11-08T02:00', '2026-11-15T02:00'],
    ],
    [
      'in another zone',
      '2026-07-01T12:00Z',
      '0 3 * * 0',
      'Asia/Kolkata',
      ['2026-07-04T21:30', '2026-07-11T21:30'],
    ],
    [
      'never the moment itself',
      '2026-11-08T02:00:00.000Z',
      '0 3 * * 0',
      'Europe/Berlin',
      ['2026-11-15T02:00', '2026-11-22T02:00'],
    ],
    [
      'nor the one just gone',
      '2026-11-08T02:00:00.400Z',
      '0 3 * * 0',
      'Europe/Berlin',
      ['2026-11-15T02:00', '2026-11-22T02:00'],
    ],
    [
      'but the one just ahead',
      '2026-11-08T01:59:59.600Z',
      '0 3 * * 0',
      'Europe/Berlin',
      ['2026-11-08T02:00', '2026-11-15T02:00'],
    ],
    [
      'once, where the clock goes back over it',
      '2026-10-24T12:00Z',
      '30 2 * * 0',
      'Europe/Berlin',
      ['2026-10-25T01:30', '2026-11-01T01:30'],
    ],
    [
      'once, where the clock goes back over it in the west',
      '2026-10-31T12:00Z',
      '30 1 * * 0',
      'America/New_York',
      ['2026-11-01T05:30', '2026-11-08T06:30'],
    ],
    [
      'at the end of the hour that the clock leaves out',
      '2026-03-28T12:00Z',
      '0 3 * * 0',
      'Europe/Berlin',
      ['2026-03-29T01:00', '2026-04-05T01:00'],
    ],
  ])('%s', (_, now, expression, zone, expected) => {
    expect(due(now, expression, zone)).toEqual(expected);
  });

  // There is no 02:30 on that Sunday; the run must not be left out for a week.
  it('once, in the hour that the clock leaves out', () => {
    expect(due('2026-03-28T12:00Z', '30 2 * * 0', 'Europe/Berlin', 1)[0]).toMatch(/^2026-03-29T/);
  });

  it('are in the zone of the machine where none is named', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-07-01T12:00:00Z') });
    const [next = 0] = nextDueTimes({ expression: '0 3 * * *', zone: undefined }, 1);
    expect([new Date(next).getHours(), new Date(next).getMinutes()]).toEqual([3, 0]);
  });
});
