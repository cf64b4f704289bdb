import { offsetAt } from './local-time.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * What the clocks of a zone show at a moment, as if that were UTC, in milliseconds since 1970.
 * @param zone an IANA zone; the machine's own if undefined
 */
export function wallTimeAt(moment: number, zone: string | undefined): number {
  return moment + offsetAt(moment, zone);
}

/** The beginning of the day that a wall time is on. */
export function startOfDay(wallTime: number): number {
  return Math.floor(wallTime / DAY) * DAY;
}

/**
 * The moment at which the clocks of a zone show a wall time, the first one if they show it twice. One that they
 * never show, because a change leaves it out, is taken for the moment of the change.
 */
export function momentOf(wallTime: number, zone: string | undefined): number {
  // No offset is longer than a day, and no zone changes its own twice in two days.
  const [before, after] = [offsetAt(wallTime - DAY, zone), offsetAt(wallTime + DAY, zone)];
  if (before === after) return wallTime - before;
  const first = wallTime - Math.max(before, after);
  const last = wallTime - Math.min(before, after);
  for (const moment of [first, last]) if (wallTimeAt(moment, zone) === wallTime) return moment;
  return changeBetween(wallTime - DAY, wallTime + DAY, zone);
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
