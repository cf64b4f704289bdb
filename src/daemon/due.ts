import { z } from '../base/shape.ts';
import { type Memory, openMemory } from '../journal/memory.ts';
import { nextDueTimes, type Schedule } from './schedule.ts';

const rememberedDueShape = z.object({
  /** The schedule that it was worked out from; another one makes it void. */
  expression: z.string(),
  zone: z.string().optional(),
  /** When the next run is due, in milliseconds since 1970; in the past until that run is through. */
  due: z.number(),
});

/** The due time that survives a restart, or nothing. */
export type RememberedDue = z.infer<typeof rememberedDueShape> | undefined;

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
  /** Whether the run that was due is through; `repeat` where it could not take place. */
  readonly lastRun: 'completed' | 'repeat' | 'none';
}

export interface NextDue {
  readonly remembered: NonNullable<RememberedDue>;
  /** When to run: the due time, or soon, where that has passed. */
  readonly runAt: number;
  /** The due time that passed without a run, where that is made up for. */
  readonly missed: number | undefined;
}

/** A run that is made up for does not hit the first second of a boot; milliseconds. */
const CATCH_UP = { least: 30_000, spread: 90_000 };
/** What kept a run from taking place, say an engine that is down, gets some time to pass. */
const REPEAT = { least: 600_000, spread: 60_000 };

/** Works out when the next run is due: what was remembered, if it still holds, else the schedule's next time. */
export function nextDue(remembered: RememberedDue, request: DueRequest): NextDue {
  const { schedule, now, jitter, catchUp, lastRun } = request;
  const isSameSchedule = remembered?.expression === schedule.expression && remembered.zone === schedule.zone;
  if (remembered !== undefined && isSameSchedule && lastRun !== 'completed') {
    if (remembered.due > now) return { remembered, runAt: remembered.due, missed: undefined };
    if (catchUp) {
      const { least, spread } = lastRun === 'repeat' ? REPEAT : CATCH_UP;
      const runAt = now + least + Math.random() * spread;
      return { remembered, runAt, missed: remembered.due };
    }
  }
  const [next = now] = nextDueTimes(schedule, 1);
  const due = next + Math.random() * jitter;
  const { expression, zone } = schedule;
  return {
    remembered: { expression, ...(zone !== undefined && { zone }), due },
    runAt: due,
    missed: undefined,
  };
}
