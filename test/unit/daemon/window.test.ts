import { describe, expect, it } from 'vitest';
import { isInside, openingAt, parseWindow, printWindow, type Window } from '../../../src/daemon/window.ts';

describe('a window', () => {
  it.each([
    ['02:00-05:00', '02:00-05:00'],
    ['2:00-5:30', '02:00-05:30'],
    [' 22:00 - 04:30 ', '22:00-04:30'],
    ['00:00-24:00', '00:00-24:00'],
    ['23:59-00:00', '23:59-00:00'],
  ])('%j is read', (text, printed) => {
    const window = parseWindow(text);
    expect(window && printWindow(window)).toBe(printed);
    expect(parseWindow(printed)).toEqual(window);
  });

  it.each([
    '',
    '02:00',
    '02:00-',
    '02-05',
    '2am-5am',
    '24:00-02:00',
    '02:60-05:00',
    '02:00-05:60',
    '02:00-24:01',
    '02:00-25:00',
    '03:00-03:00',
    '02:00-05:00 Sun',
    'Sun 02:00-05:00',
    '02:00–05:00',
    '-02:00-05:00',
    '02:00-05:00-06:00',
  ])('%j is none', text => {
    expect(parseWindow(text)).toBeUndefined();
  });

  it.each<[string, readonly number[], readonly number[]]>([
    ['02:00-05:00', [120, 299], [119, 300, 0, 1439]],
    ['22:00-04:30', [1320, 1439, 0, 269], [270, 1319]],
    ['00:00-24:00', [0, 1439], []],
    ['22:00-24:00', [1320, 1439], [0, 1319]],
  ])('%s has an inside', (text, inside, outside) => {
    const window = parseWindow(text) as Window;
    expect(inside.filter(each => !isInside(window, each))).toEqual([]);
    expect(outside.filter(each => isInside(window, each))).toEqual([]);
  });
});

describe('the opening', () => {
  it.each([
    ['that a moment is in', '02:00-05:00', 'UTC', '2026-07-05T03:00', '2026-07-05T02:00', '2026-07-05T05:00'],
    [
      'from its first moment',
      '02:00-05:00',
      'UTC',
      '2026-07-05T02:00',
      '2026-07-05T02:00',
      '2026-07-05T05:00',
    ],
    ['later that day', '02:00-05:00', 'UTC', '2026-07-05T01:59', '2026-07-05T02:00', '2026-07-05T05:00'],
    ['the next day', '02:00-05:00', 'UTC', '2026-07-05T05:00', '2026-07-06T02:00', '2026-07-06T05:00'],
    ['since yesterday', '22:00-04:00', 'UTC', '2026-07-05T03:00', '2026-07-04T22:00', '2026-07-05T04:00'],
    ['over midnight', '22:00-04:00', 'UTC', '2026-07-05T23:00', '2026-07-05T22:00', '2026-07-06T04:00'],
    ['to midnight', '22:00-24:00', 'UTC', '2026-07-05T23:00', '2026-07-05T22:00', '2026-07-06T00:00'],
    ['in a zone', '02:00-05:00', 'Asia/Kolkata', '2026-07-04T21:00', '2026-07-04T20:30', '2026-07-04T23:30'],
    [
      'that the clock makes shorter',
      '01:00-04:00',
      'Europe/Berlin',
      '2026-03-29T00:30',
      '2026-03-29T00:00',
      '2026-03-29T02:00',
    ],
    [
      'that the clock makes longer',
      '01:00-04:00',
      'Europe/Berlin',
      '2026-10-25T02:30',
      '2026-10-24T23:00',
      '2026-10-25T03:00',
    ],
    [
      'whose begin the clock leaves out',
      '02:30-04:00',
      'Europe/Berlin',
      '2026-03-29T00:00',
      '2026-03-29T01:00',
      '2026-03-29T02:00',
    ],
    [
      'after the one that the clock leaves out',
      '02:00-03:00',
      'Europe/Berlin',
      '2026-03-29T00:30',
      '2026-03-30T00:00',
      '2026-03-30T01:00',
    ],
    [
      'after a day that is left out',
      '02:00-05:00',
      'Pacific/Apia',
      '2011-12-29T20:00',
      '2011-12-30T12:00',
      '2011-12-30T15:00',
    ],
  ])('%s', (_, text, zone, moment, opens, closes) => {
    const { opensAt, closesAt } = openingAt(parseWindow(text) as Window, Date.parse(`${moment}Z`), zone);
    const written = [opensAt, closesAt].map(each => new Date(each).toISOString().slice(0, 16));
    expect(written).toEqual([opens, closes]);
  });
});
