import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TickReason } from '../../src/daemon/child-processes.ts';
import { type NextDue, nextDue } from '../../src/daemon/due.ts';
import type { Schedule } from '../../src/daemon/schedule.ts';
import { parseWindow } from '../../src/daemon/window.ts';
import { IS_LONG } from '../support/long-run.ts';
import { randomNumbers } from '../support/random-numbers.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEARS = IS_LONG ? 100 : 10;
const FROM = Date.UTC(2026, 0, 1);
const TO = Date.UTC(2026 + YEARS, 0, 1);

/** One machine with a hard life: it is off, asleep, without an engine, and its clock is set back. */
class HardLife {
  readonly schedule: Schedule;
  readonly #random: () => number;
  /** The due times whose run is through. */
  readonly through = new Set<number>();
  readonly counts = { missed: 0, madeUpFor: 0, repeated: 0, setBack: 0 };
  now = FROM;
  #latest = FROM;
  next: NextDue;

  constructor(schedule: Schedule, seed: number) {
    this.schedule = schedule;
    this.#random = randomNumbers(seed);
    this.next = this.#ask('start', undefined);
  }

  #ask(reason: TickReason, memory: NextDue | undefined = this.next): NextDue {
    const remembered = memory?.remembered;
    return nextDue(remembered, { schedule: this.schedule, now: this.now, jitter: 0, catchUp: true, reason });
  }

  live(): void {
    const chance = this.#random();
    if (chance < 0.1) this.#beAway(chance < 0.05 ? 'start' : 'moved');
    else if (chance < 0.13) this.#setClockBack();
    else this.#run();
  }

  /** From some moment on, for minutes or for weeks. */
  #beAway(reason: 'start' | 'moved'): void {
    this.now += this.#random() * Math.max(0, this.next.runAt - this.now);
    this.now += MINUTE * 10 ** (this.#random() * 4.5);
    const isMissed = this.next.runAt <= this.now;
    this.next = this.#ask(reason);
    if (!isMissed) return;
    this.counts.missed++;
    if (this.next.missed !== undefined) this.counts.madeUpFor++;
    this.expectSoon(2 * MINUTE);
  }

  /** By hours, which may take it back before runs that are through; never by more than a day in all. */
  #setClockBack(): void {
    this.counts.setBack++;
    this.#latest = Math.max(this.#latest, this.now);
    this.now = Math.max(this.now - this.#random() * 20 * HOUR, this.#latest - 23 * HOUR);
    this.next = this.#ask('moved');
  }

  #run(): void {
    const { remembered, runAt } = this.next;
    expect(runAt).toBeGreaterThanOrEqual(this.now);
    this.now = runAt + this.#random() * 5 * MINUTE;
    if (this.#random() < 0.05) {
      this.counts.repeated++;
      this.next = this.#ask('repeat');
      this.expectSoon(11 * MINUTE);
      return;
    }
    this.expectBegin(runAt);
    expect(this.through).not.toContain(remembered.due);
    this.through.add(remembered.due);
    this.next = this.#ask('completed');
    expect(this.next.remembered.due).toBeGreaterThan(remembered.due);
  }

  /** Whether a run may begin at that moment. */
  expectBegin(_moment: number): void {}

  expectSoon(patience: number): void {
    expect(this.next.runAt - this.now).toBeGreaterThan(0);
    expect(this.next.runAt - this.now).toBeLessThanOrEqual(patience);
  }
}

/** The same where runs may only be by night. */
class NightLife extends HardLife {
  override expectBegin(moment: number): void {
    const shown = new Intl.DateTimeFormat('en-GB', { timeZone: this.schedule.zone, hour: 'numeric' });
    expect(['01', '02', '03', '04']).toContain(shown.format(moment));
  }

  /** By the end of the next night. */
  override expectSoon(): void {
    expect(this.next.runAt - this.now).toBeGreaterThan(0);
    expect(this.next.runAt - this.now).toBeLessThanOrEqual(DAY + HOUR);
  }
}

const ZONES = ['Europe/Berlin', 'Australia/Lord_Howe', 'America/Havana'];
const SCHEDULES: readonly (readonly [expression: string, least: number])[] = [
  ['0 3 * * 0', 400],
  ['30 2 * * *', 2000],
];

beforeEach(() => {
  vi.spyOn(Math, 'random').mockImplementation(randomNumbers(7));
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(ZONES)('a hard life in %s', zone => {
  it.each(SCHEDULES)(
    '%s: what is missed is made up for once, soon, and nothing runs twice',
    (expression, least) => {
      const life = new HardLife({ expression, zone, window: undefined }, least);
      while (life.now < TO) life.live();
      expect(life.through.size).toBeGreaterThan((least * YEARS) / 10);
      expectEventful(life);
    },
  );

  it.each(SCHEDULES)('%s: likewise, and only by night', (expression, least) => {
    const life = new NightLife({ expression, zone, window: parseWindow('01:00-05:00') }, least);
    while (life.now < TO) life.live();
    expect(life.through.size).toBeGreaterThan((least * YEARS) / 10);
    expectEventful(life);
  });
});

function expectEventful({ counts }: HardLife): void {
  for (const [what, count] of Object.entries(counts)) expect(count, what).toBeGreaterThan(5);
}
