import { z } from '../base/shape.ts';
import { type Memory, openMemory } from '../journal/memory.ts';
import type { TickReason } from './child-processes.ts';
import { nextDueTimes, type Schedule } from './schedule.ts';
import { openingAt, printWindow } from './window.ts';

const rememberedDueShape = z.object({
  /** The schedule that it was worked out from; another one makes it void. */
  expression: z.string(),
  zone: z.string().optional(),
  window: z.string().optional(),
  /** The due time that is waited for, in milliseconds since 1970; in the past until its run is through. */
  due: z.number(),
  /** When that run is to begin: put off at random, into the window, or because it was missed. */
  runAt: z.number(),
  /** The due time whose run is through; it does not fall due again, though the clock go back. */
  through: z.number().optional(),
});

type Remembered = z.infer<typeof rememberedDueShape>;
/** The due time that survives a restart, or nothing. */
export type RememberedDue = Remembered | undefined;

export function openDueMemory(stateFolder: string): Memory<RememberedDue> {
  return openMemory<RememberedDue>(stateFolder, 'schedule', rememberedDueShape, undefined);
}

/** What is asked for when the next due time is worked out. Times in milliseconds. */
export interface DueRequest {
  readonly schedule: Schedule;
  readonly now: number;
  /** A run is put off by up to this much, at random. */
  readonly jitter: number;
  /** Whether a due time that passed without a run is made up for. */
  readonly catchUp: boolean;
  readonly reason: TickReason;
}

export interface NextDue {
  readonly remembered: Remembered;
  readonly runAt: number;
  /** When the window closes in which the run begins; undefined without a window. */
  readonly closesAt: number | undefined;
  /** The due time that passed without a run, where that is made up for. */
  readonly missed: number | undefined;
}

interface Delay {
  readonly least: number;
  readonly spread: number;
}

/** A run that is made up for does not hit the first second of a boot; milliseconds. */
const CATCH_UP: Delay = { least: 30_000, spread: 90_000 };
/** What kept a run from taking place, say an engine that is down, gets some time to pass. */
const REPEAT: Delay = { least: 600_000, spread: 60_000 };
/** Settings are read again in no time: a run that fell due meanwhile is not missed. */
const HARDLY_LATE = 60_000;
/** A clock that goes back by more had been wrong, and what it said is void. */
const CLOCK_CORRECTION = 24 * 60 * 60_000;
/** What is made up for, or put off, begins while the window is open for so long at least, or for half of its time. */
const ROOM = 15 * 60_000;

/** Works out when the next run is due: what was remembered, if it still holds, else the schedule's next time. */
export function nextDue(memory: RememberedDue, request: DueRequest): NextDue {
  const remembered = memory !== undefined && isFrom(memory, request.schedule) ? memory : undefined;
  const through = believable(request.reason === 'completed' ? remembered?.due : remembered?.through, request);
  const upcoming = firstAfter(Math.max(request.now, through ?? request.now), request);
  const isPending = remembered !== undefined && request.reason !== 'completed' && remembered.due <= upcoming;
  return (
    (isPending ? stillDue(remembered, upcoming, request) : undefined) ?? fresh(upcoming, through, request)
  );
}

/** Whether a due time was worked out from this very schedule. */
export function isFrom(remembered: Remembered, { expression, zone, window }: Schedule): boolean {
  const written = window === undefined ? undefined : printWindow(window);
  return remembered.expression === expression && remembered.zone === zone && remembered.window === written;
}

/** The due time that is through; none up to it comes twice where the clock goes back a little. */
function believable(through: number | undefined, { now }: DueRequest): number | undefined {
  return through !== undefined && through - now <= CLOCK_CORRECTION ? through : undefined;
}

function firstAfter(moment: number, { schedule }: DueRequest): number {
  const [first] = nextDueTimes(schedule, moment, 1);
  if (first === undefined) throw new Error(`"${schedule.expression}" never falls due`);
  return first;
}

function fresh(due: number, through: number | undefined, { schedule, jitter }: DueRequest): NextDue {
  const { expression, zone, window } = schedule;
  const { runAt, closesAt } = place(due, jitter, schedule, true);
  const remembered = {
    expression,
    ...(zone !== undefined && { zone }),
    ...(window !== undefined && { window: printWindow(window) }),
    due,
    runAt,
    ...(through !== undefined && { through }),
  };
  return { remembered, runAt, closesAt, missed: undefined };
}

/** The run that is waited for already, or that is made up for; undefined if it is not. */
function stillDue(remembered: Remembered, upcoming: number, request: DueRequest): NextDue | undefined {
  const { schedule, now, catchUp, reason } = request;
  const { runAt } = remembered;
  const isWaitedFor = runAt > now || (reason === 'reload' && now - runAt < HARDLY_LATE);
  if (isWaitedFor && reason !== 'repeat') {
    const opening = openingOf(schedule, runAt);
    return { remembered, runAt, closesAt: opening?.closesAt, missed: undefined };
  }
  if (!catchUp) return undefined;
  const { least, spread } = reason === 'repeat' ? REPEAT : CATCH_UP;
  const { runAt: later, opensAt, closesAt } = place(now + least, spread, schedule, false);
  // Where it would have to wait for a window in which a run is due anyway, that one makes up for it.
  const isPutOff = opensAt !== undefined && opensAt > now;
  if (upcoming <= later || (isPutOff && upcoming < (closesAt ?? now))) return undefined;
  return { remembered: { ...remembered, runAt: later }, runAt: later, closesAt, missed: remembered.due };
}

interface Start {
  readonly runAt: number;
  readonly opensAt: number | undefined;
  readonly closesAt: number | undefined;
}

/**
 * Finds a moment for a run: not before `earliest`, put off by up to `spread`, and inside the window.
 * @param isDue whether `earliest` is a due time, which is kept to however soon the window closes
 */
function place(earliest: number, spread: number, schedule: Schedule, isDue: boolean): Start {
  const opening = openingOf(schedule, earliest);
  if (opening === undefined)
    return { runAt: earliest + Math.random() * spread, opensAt: undefined, closesAt: undefined };
  const { opensAt, closesAt } = opening;
  const begin = Math.max(earliest, opensAt);
  const left = closesAt - Math.min(ROOM, (closesAt - opensAt) / 2) - begin;
  if (left < 0 && !isDue) return place(closesAt, spread, schedule, isDue);
  return { runAt: begin + Math.random() * Math.max(0, Math.min(spread, left)), opensAt, closesAt };
}

function openingOf({ window, zone }: Schedule, moment: number) {
  return window === undefined ? undefined : openingAt(window, moment, zone);
}
