import { afterEach, describe, expect, it } from 'vitest';
import { isEverDue, nextDueTimes, type Schedule, scheduleProblem } from '../../../src/daemon/schedule.ts';
import { parseWindow } from '../../../src/daemon/window.ts';

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
    '0 3 L * *',
    '0 3 * 2 1#5',
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
    ['0 3 30W 2 *', 'such a day never comes'],
  ])('%j cannot, and it is said why', (expression, why) => {
    expect(scheduleProblem(expression)).toMatch(why);
  });
});

describe('the next due times', () => {
  function due(now: string, expression: string, zone: string, count = 2): string[] {
    return nextDueTimes({ expression, zone, window: undefined }, Date.parse(now), count).map(time =>
      new Date(time).toISOString().slice(0, 16),
    );
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
      ['2026-10-25T00:30', '2026-11-01T01:30'],
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

  // crontab(5): if both fields are restricted, either of them is enough.
  it('on either day, where a day of the month and one of the week are named', () => {
    expect(due('2026-07-01T12:00Z', '0 3 6,20 * 0', 'UTC', 4)).toEqual([
      '2026-07-05T03:00',
      '2026-07-06T03:00',
      '2026-07-12T03:00',
      '2026-07-19T03:00',
    ]);
    expect(due('2026-07-01T12:00Z', '0 3 */2 * 0', 'UTC', 2)).toEqual([
      '2026-07-05T03:00',
      '2026-07-19T03:00',
    ]);
  });

  it('that are rare are found', () => {
    expect(due('2026-07-01T12:00Z', '0 3 29 2 *', 'UTC')).toEqual(['2028-02-29T03:00', '2032-02-29T03:00']);
    expect(due('2080-02-29T12:00Z', '0 3 * 2 4#5', 'UTC', 1)).toEqual(['2120-02-29T03:00']);
  });

  it.each<[string, Schedule['window'], string, string[]]>([
    ['in a window', parseWindow('02:00-03:30'), '0,30 * * * *', ['T02:00', 'T02:30', 'T03:00', 'T02:00']],
    [
      'in a window over midnight',
      parseWindow('23:00-01:00'),
      '30 * * * *',
      ['T00:30', 'T23:30', 'T00:30', 'T23:30'],
    ],
  ])('%s are those inside', (_, window, expression, expected) => {
    const times = nextDueTimes({ expression, zone: 'UTC', window }, Date.UTC(2026, 6, 1), 4);
    expect(times.map(time => new Date(time).toISOString().slice(10, 16))).toEqual(expected);
  });

  it('may never be inside a window', () => {
    const schedule = { expression: '0,30 1-3 * * *', zone: undefined };
    const isEver = (window: string) => isEverDue({ ...schedule, window: parseWindow(window) });
    expect(['03:30-03:31', '00:00-01:01', '03:31-00:59', '00:00-01:00'].map(isEver)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  describe('where no zone is named', () => {
    const own = process.env['TZ'];
    afterEach(() => {
      if (own === undefined) delete process.env['TZ'];
      else process.env['TZ'] = own;
    });

    it.each([
      ['America/New_York', '2026-07-01T07:00'],
      ['Asia/Kolkata', '2026-06-30T21:30'],
    ])('are in that of the machine: %s', (zone, expected) => {
      process.env['TZ'] = zone;
      const schedule = { expression: '0 3 * * *', zone: undefined, window: undefined };
      const [next = 0] = nextDueTimes(schedule, Date.parse('2026-06-30T21:00Z'), 1);
      expect(new Date(next).toISOString().slice(0, 16)).toBe(expected);
    });
  });
});
