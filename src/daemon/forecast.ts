import { isFrom, type RememberedDue } from './due.ts';
import { nextDueTimes, type Schedule } from './schedule.ts';

/** When runs are going to begin, in milliseconds since 1970, soonest first. */
export interface Forecast {
  readonly runs: readonly number[];
  /** Whether the daemon waits for the first of them; if not, it has not read this schedule. */
  readonly isWaitedFor: boolean;
}

/** The next runs: the one that is waited for, and then the due times after it, jitter left out. */
export function forecast(
  schedule: Schedule,
  remembered: RememberedDue,
  now: number,
  count: number,
): Forecast {
  if (remembered === undefined || !isFrom(remembered, schedule))
    return { runs: nextDueTimes(schedule, now, count), isWaitedFor: false };
  const { due, runAt } = remembered;
  const after = nextDueTimes(schedule, Math.max(due, runAt, now), count - 1);
  return { runs: [runAt, ...after], isWaitedFor: true };
}
