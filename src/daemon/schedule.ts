import cron from 'node-cron';
import { momentOf, startOfDay, wallTimeAt } from '../base/wall-time.ts';
import { isInside, type Window } from './window.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** The rarest day there is, a fifth Monday in February, may be forty years away. */
const FARTHEST = 50 * 366 * DAY;

/** When runs are due. */
export interface Schedule {
  /** Five fields, as in crontab(5). */
  readonly expression: string;
  /** An IANA zone; the machine's own if undefined. */
  readonly zone: string | undefined;
  /** Times outside it do not count; undefined if all do. */
  readonly window: Window | undefined;
}

/** Why an expression cannot be used; undefined if it can. */
export function scheduleProblem(expression: string): string | undefined {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 5) {
    return 'five fields are needed: minute, hour, day of month, month, day of week (0 3 * * 0 is Sunday 03:00)';
  }
  const { valid, errors } = cron.validateDetailed(expression);
  if (!valid) return errors[0]?.message ?? 'it is not understood';
  // Only a day of a month can be one that no year has, and to look for it costs every command time.
  if (fields[2] === '*') return undefined;
  return isEverDue({ expression, zone: 'UTC', window: undefined }) ? undefined : 'such a day never comes';
}

/** Whether any time of a schedule is inside its window. */
export function isEverDue(schedule: Schedule): boolean {
  return dueTimesAfter({ ...schedule, zone: 'UTC' }, 0).next().done === false;
}

/**
 * The next times that a schedule falls due, in milliseconds since 1970, soonest first.
 * @param now they are later than that
 */
export function nextDueTimes(schedule: Schedule, now: number, count: number): readonly number[] {
  const due: number[] = [];
  for (const moment of dueTimesAfter(schedule, now)) {
    if (due.push(moment) === count) break;
  }
  return due;
}

/**
 * Walks the wall times that the fields name. Each is due once: at the first of two moments where the clock goes
 * back over it, and at the moment of the change where a change leaves it out, one run for all that it leaves out.
 */
function* dueTimesAfter({ expression, zone, window }: Schedule, now: number): Generator<number> {
  const { times, isDueOn } = calendarOf(expression);
  const open = window === undefined ? times : times.filter(each => isInside(window, each));
  const shown = wallTimeAt(now, zone);
  const today = startOfDay(shown);
  let last = now;
  for (let day = today; day < today + FARTHEST; day += DAY) {
    if (open.length === 0 || !isDueOn(day)) continue;
    for (const wallTime of open.map(each => day + each * MINUTE)) {
      const moment = wallTime > shown ? momentOf(wallTime, zone) : now;
      if (moment > last) yield moment;
      last = Math.max(last, moment);
    }
  }
}

/** What an expression says, apart from any zone. */
interface Calendar {
  /** Minutes since midnight, ascending. */
  readonly times: readonly number[];
  /** @param day its first moment, as if it were in UTC */
  isDueOn(day: number): boolean;
}

/** Made once for each expression, since reading one takes longer than using it. */
const calendars = new Map<string, Calendar>();

function calendarOf(expression: string): Calendar {
  const known = calendars.get(expression);
  if (known !== undefined) return known;
  const [, , dayOfMonth = '*', month = '*', dayOfWeek = '*'] = expression.trim().split(/\s+/);
  const { hour, minute } = cron.parse(expression);
  // crontab(5): where both fields name days, either is enough. node-cron would want both.
  const isEither = [dayOfMonth, dayOfWeek].every(field => !/^[*?]/.test(field));
  const matchers = (
    isEither
      ? [`${dayOfMonth} ${month} *`, `* ${month} ${dayOfWeek}`]
      : [`${dayOfMonth} ${month} ${dayOfWeek}`]
  ).map(dayMatcher);
  const calendar: Calendar = {
    times: hour.flatMap(each => minute.map(rest => each * 60 + rest)).toSorted((a, b) => a - b),
    isDueOn: day => matchers.some(isMatch => isMatch(day)),
  };
  calendars.set(expression, calendar);
  return calendar;
}

function dayMatcher(fields: string): (day: number) => boolean {
  const task = cron.createTask(`0 0 ${fields}`, () => undefined, { timezone: 'Etc/UTC' });
  return day => task.match(new Date(day));
}
