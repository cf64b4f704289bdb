import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DueRequest, nextDue, openDueMemory, type RememberedDue } from '../../../src/daemon/due.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A Sunday; the schedule is Sundays at 03:00. */
const SUNDAY = Date.UTC(2026, 6, 5, 3);
const WEEK = 7 * 24 * HOUR;
const SCHEDULE = { expression: '0 3 * * 0', zone: 'UTC' };

beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** What comes of it, in hours from that Sunday 03:00. */
function next(at: number, remembered: RememberedDue, over: Partial<DueRequest> = {}) {
  const now = SUNDAY + at;
  vi.useFakeTimers({ toFake: ['Date'], now });
  const answer = nextDue(remembered, {
    schedule: SCHEDULE,
    now,
    jitter: 0,
    catchUp: true,
    lastRun: 'none',
    ...over,
  });
  const { remembered: kept, runAt, missed } = answer;
  return {
    kept: kept.due - SUNDAY,
    runAt: runAt - SUNDAY,
    missed: missed === undefined ? undefined : missed - SUNDAY,
  };
}

const due = (at: number, schedule: { expression: string; zone?: string } = SCHEDULE) => ({
  ...schedule,
  due: SUNDAY + at,
});
const fresh = (at: number) => ({ kept: at, runAt: at, missed: undefined });
const soon = (kept: number, runAt: number) => ({ kept, runAt, missed: kept });
/** In the middle of 30 to 120 seconds, and of 10 to 11 minutes. */
const CATCH_UP = 75_000;
const REPEAT = 630_000;

const ROWS: readonly (readonly [string, number, RememberedDue, Partial<DueRequest>, unknown])[] = [
  ['the first start', -HOUR, undefined, {}, fresh(0)],
  [
    'the first start, put off by half the jitter',
    -HOUR,
    undefined,
    { jitter: 20 * MINUTE },
    fresh(10 * MINUTE),
  ],
  ['a start before it is due, its jitter kept', -HOUR, due(7 * MINUTE), { jitter: HOUR }, fresh(7 * MINUTE)],
  ['a reload', -HOUR, due(0), {}, fresh(0)],
  ['another expression', -HOUR, due(5, { ...SCHEDULE, expression: '0 4 * * 0' }), {}, fresh(0)],
  [
    'another expression, though that one was missed',
    HOUR,
    due(0, { ...SCHEDULE, expression: '0 4 * * 0' }),
    {},
    fresh(WEEK),
  ],
  ['another zone', -HOUR, due(5, { ...SCHEDULE, zone: 'Asia/Kolkata' }), {}, fresh(0)],
  ['a zone where there was none', -HOUR, due(5, { expression: SCHEDULE.expression }), {}, fresh(0)],
  ['a missed run', HOUR, due(0), {}, soon(0, HOUR + CATCH_UP)],
  ['a missed run, due this very moment', 0, due(0), {}, soon(0, CATCH_UP)],
  ['a run that was missed for weeks, once', 3 * WEEK + HOUR, due(0), {}, soon(0, 3 * WEEK + HOUR + CATCH_UP)],
  ['a missed run that nobody wants back', HOUR, due(0), { catchUp: false }, fresh(WEEK)],
  ['a run that is through', HOUR, due(0), { lastRun: 'completed' }, fresh(WEEK)],
  ['a run that is through in no time', 1, due(0), { lastRun: 'completed' }, fresh(WEEK)],
  [
    'a run that is through, with jitter',
    HOUR,
    due(0),
    { lastRun: 'completed', jitter: HOUR },
    fresh(WEEK + HOUR / 2),
  ],
  ['a run that could not take place', HOUR, due(0), { lastRun: 'repeat' }, soon(0, HOUR + REPEAT)],
  [
    'a run that could not take place, and is not made up for',
    HOUR,
    due(0),
    { lastRun: 'repeat', catchUp: false },
    fresh(WEEK),
  ],
];

describe('the next run', () => {
  it.each(ROWS)('after %s', (_, at, remembered, over, expected) => {
    expect(next(at, remembered, over)).toEqual(expected);
  });

  it.each([
    [0, 30_000, 600_000],
    [1, 120_000, 660_000],
  ])('is made up for, or repeated, after a time between two bounds: %s', (random, catchUp, repeat) => {
    vi.spyOn(Math, 'random').mockReturnValue(random);
    expect(next(HOUR, due(0)).runAt).toBe(HOUR + catchUp);
    expect(next(HOUR, due(0), { lastRun: 'repeat' }).runAt).toBe(HOUR + repeat);
  });

  it('is remembered with the schedule it was worked out from, and is itself again', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: SUNDAY - HOUR });
    for (const schedule of [SCHEDULE, { expression: '30 4 * * *', zone: undefined }]) {
      const request = { schedule, now: Date.now(), jitter: HOUR, catchUp: true, lastRun: 'none' } as const;
      const first = nextDue(undefined, request);
      const { due: _, ...from } = first.remembered;
      expect(from).toEqual(schedule.zone === undefined ? { expression: schedule.expression } : schedule);
      vi.spyOn(Math, 'random').mockReturnValue(0.9);
      expect(nextDue(first.remembered, request)).toEqual(first);
    }
  });
});

describe('the due time on disk', () => {
  it('survives a restart', async () => {
    const state = tempFolder();
    expect(await openDueMemory(state).recall()).toEqual({ value: undefined, problem: undefined });
    for (const each of [due(0), due(0, { expression: '0 3 * * 0' })]) {
      await openDueMemory(state).remember(each);
      expect((await openDueMemory(state).recall()).value).toEqual(each);
    }
    writeFileSync(join(state, 'schedule.json'), '{"due": 1}');
    expect((await openDueMemory(state).recall()).value).toBeUndefined();
  });
});
