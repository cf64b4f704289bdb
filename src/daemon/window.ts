import { momentOf, startOfDay, wallTimeAt } from '../base/wall-time.ts';

const MINUTE = 60_000;
const MINUTES_OF_DAY = 24 * 60;
const DAY = MINUTES_OF_DAY * MINUTE;
const WRITTEN = /^(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)$/;

/** The time of day in which runs may begin and go on. */
export interface Window {
  /** Minutes since midnight; the second is not part of it, and where it is no later the window passes midnight. */
  readonly from: number;
  readonly to: number;
}

/** One time that a window is open, in milliseconds since 1970. */
export interface Opening {
  readonly opensAt: number;
  readonly closesAt: number;
}

/** Reads `02:00-05:00`, or `22:30-04:00` over midnight; `24:00` is an end. */
export function parseWindow(text: string): Window | undefined {
  const parts = WRITTEN.exec(text.trim())?.slice(1).map(Number);
  if (parts === undefined) return undefined;
  const [hour = 0, minute = 0, lastHour = 0, lastMinute = 0] = parts;
  const [from, to] = [hour * 60 + minute, lastHour * 60 + lastMinute];
  const isTime = minute < 60 && lastMinute < 60 && from < MINUTES_OF_DAY && to <= MINUTES_OF_DAY;
  return isTime && from !== to ? { from, to } : undefined;
}

export function printWindow({ from, to }: Window): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return [from, to].map(each => `${two(Math.floor(each / 60))}:${two(each % 60)}`).join('-');
}

/** Whether a time of day, in minutes since midnight, is inside. */
export function isInside({ from, to }: Window, minute: number): boolean {
  return from < to ? from <= minute && minute < to : from <= minute || minute < to;
}

/**
 * The opening that a moment is in, or else the next one. Clock changes make one longer or shorter; one that a
 * change leaves out altogether is passed over.
 * @param zone the zone of the window's times; the machine's own if undefined
 */
export function openingAt({ from, to }: Window, moment: number, zone: string | undefined): Opening {
  const length = to > from ? to - from : to - from + MINUTES_OF_DAY;
  let day = startOfDay(wallTimeAt(moment, zone)) - DAY;
  for (;;) {
    const opensAt = momentOf(day + from * MINUTE, zone);
    const closesAt = momentOf(day + (from + length) * MINUTE, zone);
    if (closesAt > opensAt && closesAt > moment) return { opensAt, closesAt };
    day += DAY;
  }
}
