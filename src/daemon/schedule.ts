import cron from 'node-cron';
import { offsetAt } from '../base/local-time.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** When runs are due. */
export interface Schedule {
  /** Five fields, as in crontab(5). */
  readonly expression: string;
  /** An IANA zone; the machine's own if undefined. */
  readonly zone: string | undefined;
}

/** Why an expression cannot be used; undefined if it can. */
export function scheduleProblem(expression: string): string | undefined {
  if (expression.trim().split(/\s+/).length !== 5) {
    return 'five fields are needed: minute, hour, day of month, month, day of week (0 3 * * 0 is Sunday 03:00)';
  }
  const { valid, errors } = cron.validateDetailed(expression);
  return valid ? undefined : (errors[0]?.message ?? 'it is not understood');
}

/** The next times that a schedule falls due after now, in milliseconds since 1970, soonest first. */
export function nextDueTimes({ expression, zone }: Schedule, count: number): readonly number[] {
  const task = cron.createTask(expression, () => undefined, zone === undefined ? {} : { timezone: zone });
  const calendar = cron.createTask(expression, () => undefined, { timezone: 'Etc/UTC' });
  try {
    const regular = task.getNextRuns(count).map(date => date.getTime());
    const until = regular.at(-1) ?? Date.now();
    const leftOut = gapsBetween(Date.now(), until, zone).filter(gap => fallsInto(gap, calendar));
    const all = new Set([...regular, ...leftOut.map(({ end }) => end)]);
    return [...all].sort((a, b) => a - b).slice(0, count);
  } finally {
    void task.destroy();
    void calendar.destroy();
  }
}

/** A stretch of local time that a clock change leaves out. */
interface Gap {
  /** The moment of the change, in milliseconds since 1970. */
  readonly end: number;
  /** What clocks show before it and after it, as if that were UTC. */
  readonly from: number;
  readonly to: number;
}

/** node-cron passes over a time that a clock change leaves out; such a run falls due at the moment of the change. */
function fallsInto({ from, to }: Gap, calendar: ReturnType<typeof cron.createTask>): boolean {
  for (let minute = from; minute < to; minute += MINUTE) {
    if (calendar.match(new Date(minute))) return true;
  }
  return false;
}

function gapsBetween(from: number, to: number, zone: string | undefined): readonly Gap[] {
  const gaps: Gap[] = [];
  for (let day = from; day < to; day += DAY) {
    const [before, after] = [offsetAt(day, zone), offsetAt(day + DAY, zone)];
    if (after <= before) continue;
    const end = changeBetween(day, day + DAY, zone);
    gaps.push({ end, from: end + before, to: end + after });
  }
  return gaps;
}

/** The moment, to the minute, at which the offset becomes another. */
function changeBetween(from: number, to: number, zone: string | undefined): number {
  const before = offsetAt(from, zone);
  let [low, high] = [Math.floor(from / MINUTE), Math.ceil(to / MINUTE)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * MINUTE, zone) === before) low = middle;
    else high = middle;
  }
  return high * MINUTE;
}
