import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DueRequest, nextDue, openDueMemory, type RememberedDue } from '../../../src/daemon/due.ts';
import type { Schedule } from '../../../src/daemon/schedule.ts';
import { parseWindow } from '../../../src/daemon/window.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Sunday; the schedule is Sundays at 03:00. */
const SUNDAY = Date.UTC(2026, 6, 5, 3);
const WEEK = 7 * DAY;
const SCHEDULE: Schedule = { expression: '0 3 * * 0', zone: 'UTC', window: undefined };
const within = (text: string, expression = SCHEDULE.expression): Schedule => ({
  ...SCHEDULE,
  expression,
  window: parseWindow(text),
});

beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** What comes of it, in milliseconds from that Sunday 03:00. */
function next(at: number, remembered: RememberedDue, over: Partial<DueRequest> = {}) {
  const request: DueRequest = {
    schedule: SCHEDULE,
    now: SUNDAY + at,
    jitter: 0,
    catchUp: true,
    reason: 'start',
    ...over,
  };
  const { remembered: kept, runAt, missed, closesAt } = nextDue(remembered, request);
  expect(kept.runAt).toBe(runAt);
  return {
    due: kept.due - SUNDAY,
    runAt: runAt - SUNDAY,
    ...(missed !== undefined && { missed: missed - SUNDAY }),
    ...(closesAt !== undefined && { closesAt: closesAt - SUNDAY }),
    ...(kept.through !== undefined && { through: kept.through - SUNDAY }),
  };
}

/** What is remembered of a due time, and of when its run was to begin. */
const due = (at: number, runAt = at, from: Partial<NonNullable<RememberedDue>> = {}) => ({
  expression: SCHEDULE.expression,
  zone: 'UTC',
  due: SUNDAY + at,
  runAt: SUNDAY + runAt,
  ...from,
});
const fresh = (at: number, runAt = at) => ({ due: at, runAt });
const after = (through: number, at: number, runAt = at) => ({ due: at, runAt, through });
const soon = (at: number, runAt: number) => ({ due: at, runAt, missed: at });
/** In the middle of 30 to 120 seconds, and of 10 to 11 minutes. */
const CATCH_UP = 75_000;
const REPEAT = 630_000;

type Row = readonly [string, number, RememberedDue, Partial<DueRequest>, unknown];

const ROWS: readonly Row[] = [
  ['the first start', -HOUR, undefined, {}, fresh(0)],
  [
    'the first start, put off by half the jitter',
    -HOUR,
    undefined,
    { jitter: 20 * MINUTE },
    fresh(0, 10 * MINUTE),
  ],
  [
    'a start before it is due, its jitter kept',
    -HOUR,
    due(0, 7 * MINUTE),
    { jitter: HOUR },
    fresh(0, 7 * MINUTE),
  ],
  ['a start between the due time and its run', 5 * MINUTE, due(0, 7 * MINUTE), {}, fresh(0, 7 * MINUTE)],
  ['a reload', -HOUR, due(0), { reason: 'reload' }, fresh(0)],
  ['a reload just as it is due', 400, due(0), { reason: 'reload', catchUp: false }, fresh(0)],
  ['a start just as it is due', 400, due(0), {}, soon(0, 400 + CATCH_UP)],
  ['a reload long after it was due', HOUR, due(0), { reason: 'reload' }, soon(0, HOUR + CATCH_UP)],
  ['another expression', -HOUR, due(0, 5, { expression: '0 4 * * 0' }), {}, fresh(0)],
  [
    'another expression, though that one was missed',
    HOUR,
    due(0, 0, { expression: '0 4 * * 0' }),
    {},
    fresh(WEEK),
  ],
  ['another zone', -HOUR, due(0, 5, { zone: 'Asia/Kolkata' }), {}, fresh(0)],
  ['a zone where there was none', -HOUR, due(0, 5, { zone: undefined }), {}, fresh(0)],
  ['no window where there was one', -HOUR, due(0, 5, { window: '02:00-05:00' }), {}, fresh(0)],
  ['a missed run', HOUR, due(0), {}, soon(0, HOUR + CATCH_UP)],
  ['a missed run, due this very moment', 0, due(0), {}, soon(0, CATCH_UP)],
  ['a run that was missed for weeks, once', 3 * WEEK + HOUR, due(0), {}, soon(0, 3 * WEEK + HOUR + CATCH_UP)],
  ['a missed run that nobody wants back', HOUR, due(0), { catchUp: false }, fresh(WEEK)],
  ['a missed run just before the next is due', WEEK - MINUTE, due(0), {}, fresh(WEEK)],
  ['a start while one is about to be made up for', HOUR, due(0, HOUR + 9), {}, fresh(0, HOUR + 9)],
  ['a run that slept through its time', HOUR, due(0), { reason: 'moved' }, soon(0, HOUR + CATCH_UP)],
  [
    'a run that slept through its time, not wanted back',
    HOUR,
    due(0),
    { reason: 'moved', catchUp: false },
    fresh(WEEK),
  ],
  ['a run that is through', HOUR, due(0), { reason: 'completed' }, after(0, WEEK)],
  ['a run that is through in no time', 1, due(0), { reason: 'completed' }, after(0, WEEK)],
  [
    'a run that is through, with jitter',
    HOUR,
    due(0),
    { reason: 'completed', jitter: HOUR },
    after(0, WEEK, WEEK + HOUR / 2),
  ],
  ['a run that could not take place', HOUR, due(0), { reason: 'repeat' }, soon(0, HOUR + REPEAT)],
  [
    'a run that could not take place, the next one close',
    WEEK - 5 * MINUTE,
    due(0),
    { reason: 'repeat' },
    fresh(WEEK),
  ],
  [
    'a run that could not take place, and is not made up for',
    HOUR,
    due(0),
    { reason: 'repeat', catchUp: false },
    fresh(WEEK),
  ],
];

const THROUGH = (at: number) => ({ through: SUNDAY + at });
const BACK: readonly Row[] = [
  ['before its run is due: it waits', -5 * HOUR, due(0), {}, fresh(0)],
  [
    'over a due time whose run is through: that one is not due again',
    -MINUTE,
    due(WEEK, WEEK, THROUGH(0)),
    {},
    after(0, WEEK),
  ],
  ['in the middle of a run: likewise', -MINUTE, due(0), { reason: 'completed' }, after(0, WEEK)],
  ['by a day in the middle of a run: likewise', -DAY, due(0), { reason: 'completed' }, after(0, WEEK)],
  [
    'over several due times in the middle of a run: none is due again',
    -5 * HOUR,
    due(0, 0, { expression: '*/15 * * * *' }),
    { reason: 'completed', schedule: { ...SCHEDULE, expression: '*/15 * * * *' } },
    after(0, 15 * MINUTE),
  ],
  ['by years: what it said is void', -52 * WEEK - 1, due(WEEK, WEEK, THROUGH(0)), {}, fresh(-52 * WEEK)],
  [
    'by years in the middle of a run: what it said is void',
    -52 * WEEK - 1,
    due(0),
    { reason: 'completed' },
    fresh(-52 * WEEK),
  ],
  [
    'by years while one is about to be made up for',
    -52 * WEEK - 1,
    due(0, HOUR),
    { reason: 'moved' },
    fresh(-52 * WEEK),
  ],
];

const WINDOW = '02:00-05:00';
const inWindow = (at: number, runAt = at) => due(at, runAt, { window: WINDOW });
const closing = (closesAt: number, kept: object) => ({ ...kept, closesAt });
const WINDOWED: readonly Row[] = [
  [
    'its due time, and closes afterwards',
    -DAY,
    undefined,
    { schedule: within(WINDOW) },
    closing(2 * HOUR, fresh(0)),
  ],
  [
    'as much jitter as fits with a quarter of an hour left',
    -DAY,
    undefined,
    { schedule: within(WINDOW), jitter: 6 * HOUR },
    closing(2 * HOUR, fresh(0, (105 * MINUTE) / 2)),
  ],
  [
    'less jitter',
    -DAY,
    undefined,
    { schedule: within(WINDOW), jitter: HOUR },
    closing(2 * HOUR, fresh(0, HOUR / 2)),
  ],
  [
    'a due time just before it closes, on time',
    -DAY,
    undefined,
    { schedule: within('02:00-03:01'), jitter: HOUR },
    closing(MINUTE, fresh(0)),
  ],
  [
    'of many due times those that are inside',
    3 * HOUR,
    undefined,
    { schedule: within(WINDOW, '30 * * * *') },
    closing(DAY + 2 * HOUR, fresh(DAY - HOUR / 2)),
  ],
  [
    'what was missed and can begin at once',
    HOUR,
    inWindow(0),
    { schedule: within(WINDOW) },
    closing(2 * HOUR, soon(0, HOUR + CATCH_UP)),
  ],
  [
    'what was missed and would hardly begin, the next day',
    2 * HOUR - 15 * MINUTE,
    inWindow(0),
    { schedule: within(WINDOW) },
    closing(DAY + 2 * HOUR, soon(0, DAY - HOUR + 45_000)),
  ],
  [
    'what was missed by hours, the next day',
    6 * HOUR,
    inWindow(0),
    { schedule: within(WINDOW) },
    closing(DAY + 2 * HOUR, soon(0, DAY - HOUR + 45_000)),
  ],
  [
    'what was missed, where the next one is due in the same opening, as that one',
    6 * HOUR,
    due(0, 0, { expression: '0 3 * * *', window: WINDOW }),
    { schedule: within(WINDOW, '0 3 * * *') },
    closing(DAY + 2 * HOUR, fresh(DAY)),
  ],
  [
    'what could not take place, ten minutes later',
    MINUTE,
    inWindow(0),
    { schedule: within(WINDOW), reason: 'repeat' },
    closing(2 * HOUR, soon(0, MINUTE + REPEAT)),
  ],
  [
    'what could not take place any more, the next day',
    2 * HOUR,
    inWindow(0),
    { schedule: within(WINDOW), reason: 'repeat' },
    closing(DAY + 2 * HOUR, soon(0, DAY - HOUR + 30_000)),
  ],
  [
    'what waits for it, over a restart',
    6 * HOUR,
    inWindow(0, DAY),
    { schedule: within(WINDOW) },
    closing(DAY + 2 * HOUR, fresh(0, DAY)),
  ],
  [
    'nothing of another window',
    HOUR,
    inWindow(0),
    { schedule: within('03:00-06:00') },
    closing(WEEK + 3 * HOUR, fresh(WEEK)),
  ],
];

describe('the next run', () => {
  it.each(ROWS)('after %s', (_, at, remembered, over, expected) => {
    expect(next(at, remembered, over)).toEqual(expected);
  });

  it.each(BACK)('where the clock goes back %s', (_, at, remembered, over, expected) => {
    expect(next(at, remembered, over)).toEqual(expected);
  });

  it.each(WINDOWED)('with a window is %s', (_, at, remembered, over, expected) => {
    expect(next(at, remembered, over)).toEqual(expected);
  });

  // There is no 02:30 on that Sunday, and no window; that night's run is not left out.
  it('waits for the next window where the clock leaves out both', () => {
    const schedule: Schedule = {
      expression: '30 2 * * 0',
      zone: 'Europe/Berlin',
      window: parseWindow('02:00-03:00'),
    };
    const now = Date.parse('2026-03-28T12:00Z');
    const answer = nextDue(undefined, { schedule, now, jitter: 0, catchUp: true, reason: 'start' });
    expect(new Date(answer.runAt).toISOString()).toBe('2026-03-30T00:00:00.000Z');
  });

  it.each([
    [0, 30_000, 600_000],
    [1, 120_000, 660_000],
  ])('is made up for, or repeated, after a time between two bounds: %s', (random, catchUp, repeat) => {
    vi.spyOn(Math, 'random').mockReturnValue(random);
    expect(next(HOUR, due(0)).runAt).toBe(HOUR + catchUp);
    expect(next(HOUR, due(0), { reason: 'repeat' }).runAt).toBe(HOUR + repeat);
  });

  it('is remembered with the schedule it was worked out from, and is itself again', () => {
    const now = SUNDAY - HOUR;
    const own: Schedule = { expression: '30 4 * * *', zone: undefined, window: undefined };
    for (const schedule of [SCHEDULE, own, within(WINDOW)]) {
      vi.spyOn(Math, 'random').mockReturnValue(0.5);
      const request = { schedule, now, jitter: HOUR, catchUp: true, reason: 'start' } as const;
      const first = nextDue(undefined, request);
      vi.spyOn(Math, 'random').mockReturnValue(0.9);
      expect(nextDue(first.remembered, request)).toEqual(first);
    }
  });
});

describe('the due time on disk', () => {
  it('survives a restart', async () => {
    const state = tempFolder();
    expect(await openDueMemory(state).recall()).toEqual({ value: undefined, problem: undefined });
    for (const each of [due(0), { expression: '0 3 * * 0', due: 1, runAt: 2, through: 0 }, inWindow(0)]) {
      await openDueMemory(state).remember(each);
      expect((await openDueMemory(state).recall()).value).toEqual(each);
    }
    writeFileSync(join(state, 'schedule.json'), '{"due": 1}');
    expect((await openDueMemory(state).recall()).value).toBeUndefined();
  });
});
