import { describe, expect, it } from 'vitest';
import type { TickReason } from '../../src/daemon/child-processes.ts';
import { type NextDue, nextDue } from '../../src/daemon/due.ts';
import type { Schedule } from '../../src/daemon/schedule.ts';
import { clockReadings, dueByClock, type Reading } from '../support/clock-readings.ts';
import { IS_LONG } from '../support/long-run.ts';
import { randomNumbers } from '../support/random-numbers.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Ten years each, those in which the zone did what it is here for. */
const ZONES: readonly (readonly [zone: string, from: number, what: string])[] = [
  ['Europe/Berlin', 2026, 'Sundays at 02:00 and 03:00'],
  ['America/New_York', 2026, 'Sundays at 02:00'],
  ['Australia/Sydney', 2026, 'Sundays, in the south'],
  ['Pacific/Chatham', 2026, 'Sundays at 02:45'],
  ['Australia/Lord_Howe', 2026, 'by half an hour'],
  ['Antarctica/Troll', 2016, 'by two hours'],
  ['Africa/Casablanca', 2016, 'back for Ramadan'],
  ['Asia/Beirut', 2016, 'at midnight'],
  ['America/Havana', 2016, 'at midnight, back over it'],
  ['America/Sao_Paulo', 2009, 'at midnight, until 2019'],
  ['Asia/Tehran', 2013, 'at midnight, until 2022, half an hour off'],
  ['America/St_Johns', 2003, 'at one minute past midnight, until 2011'],
  ['Pacific/Apia', 2006, '30 December 2011 left out'],
  ['Pacific/Kwajalein', 1988, '21 August 1993 left out'],
  ['Asia/Pyongyang', 2011, 'half an hour and back, without seasons'],
  ['Asia/Kathmandu', 2026, 'never'],
];

/** Each with what it means in words that owe nothing to cron. */
const SCHEDULES: readonly (readonly [expression: string, isWanted: (shown: Date) => boolean])[] = [
  ['0 3 * * 0', at => at.getUTCDay() === 0 && isAt(at, 3, 0)],
  ['30 2 * * *', at => isAt(at, 2, 30)],
  ['0 0 1 * *', at => at.getUTCDate() === 1 && isAt(at, 0, 0)],
  ['15 0,2 * * sun', at => at.getUTCDay() === 0 && (isAt(at, 0, 15) || isAt(at, 2, 15))],
];
/** Every quarter of an hour is looked at where clocks change, and everywhere where nobody waits for it. */
const OFTEN = ['*/15 * * * *', (at: Date) => at.getUTCMinutes() % 15 === 0] as const;

function isAt(shown: Date, hour: number, minute: number): boolean {
  return shown.getUTCHours() === hour && shown.getUTCMinutes() === minute;
}

interface Life {
  readonly schedule: Schedule;
  readonly from: number;
  readonly to: number;
  readonly jitter?: number;
  /** How long a run takes at most. */
  readonly work: number;
  readonly random: () => number;
}

/** A daemon that is there all the time, though started anew and told to read its settings now and then. */
function* runsOf({ schedule, from, to, jitter = 0, work, random }: Life): Generator<NextDue> {
  const ask = (reason: TickReason, now: number, memory: NextDue | undefined) =>
    nextDue(memory?.remembered, { schedule, now, jitter, catchUp: true, reason });
  let next = ask('start', from, undefined);
  while (next.runAt < to) {
    const asked = next.runAt - random() * 12 * HOUR;
    if (asked > from && random() < 0.1) next = ask(random() < 0.5 ? 'start' : 'reload', asked, next);
    yield next;
    next = ask('completed', next.runAt + random() * work, next);
  }
}

function scheduleOf(expression: string, zone: string): Schedule {
  return { expression, zone, window: undefined };
}

/** The first and the last moment of ten years, at midnight UTC. */
function tenYears(from: number): readonly [number, number] {
  return [Date.UTC(from, 0, 1), Date.UTC(from + 10, 0, 1)];
}

/** As a list that can be read where it differs. */
const written = (moments: readonly number[]) => moments.map(each => new Date(each).toISOString());

describe.each(ZONES)('%s from %i on, whose clocks change %s', (zone, year) => {
  const years = tenYears(year);
  const [from, to] = years;
  // At the first reading nothing is due yet: what is shown then was shown before.
  const begin = from + 1;
  const readings: readonly Reading[] = [...clockReadings(zone, years, IS_LONG)];

  it.each(SCHEDULES)('%s runs once for each due time', (expression, isWanted) => {
    const expected = dueByClock(readings, isWanted);
    const random = randomNumbers(year);
    const life = { schedule: scheduleOf(expression, zone), from: begin, to, work: 40 * MINUTE };
    const runs = [...runsOf({ ...life, random })];
    expect(runs.filter(({ runAt, remembered }) => runAt !== remembered.due)).toEqual([]);
    expect(written(runs.map(({ runAt }) => runAt))).toEqual(written(expected));
    expect(runs.length).toBeGreaterThan(115);
  });

  it('every quarter of an hour runs once for each, over every change', () => {
    const [expression, isWanted] = OFTEN;
    const random = randomNumbers(year);
    const stretches = IS_LONG ? [years] : changesIn(readings).map(each => [each - DAY, each + DAY] as const);
    for (const [first, last] of stretches) {
      const near = readings.filter(({ moment }) => moment >= first && moment <= last);
      const expected = dueByClock(near, isWanted);
      const life = {
        schedule: scheduleOf(expression, zone),
        from: (near[0]?.moment ?? last) + 1,
        to: (near.at(-1)?.moment ?? first) + 1,
        work: MINUTE / 2,
      };
      const runs = [...runsOf({ ...life, random })];
      expect(written(runs.map(({ runAt }) => runAt))).toEqual(written(expected));
    }
    expect(stretches.length).toBeGreaterThanOrEqual(zone === 'Asia/Kathmandu' ? 0 : 1);
  });
});

/** The moments at which the clock does not show what it would have without a change. */
function changesIn(readings: readonly Reading[]): readonly number[] {
  return readings.flatMap(({ moment, shown }, index) => {
    const before = readings[index - 1];
    return before !== undefined && shown - before.shown !== moment - before.moment ? [moment] : [];
  });
}
