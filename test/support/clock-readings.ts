const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
const DAY = 24 * 60 * MINUTE;

/** A moment, and what the clocks of a zone show at it as if that were UTC; both in milliseconds since 1970. */
export interface Reading {
  readonly moment: number;
  readonly shown: number;
}

/** Reads the clock as a person does: the digits of a date, no offset and no rule of any calendar. */
function clockOf(zone: string): (moment: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return moment => {
    const [day, month, year, hour, minute, second] = format.format(moment).split(/\D+/).map(Number);
    return Date.UTC(Number(year), Number(month) - 1, day, hour, minute, second);
  };
}

/**
 * What the clocks of a zone show at every quarter of an hour of some years, or at every minute of the days on which
 * they change. On the others they are read once, unless each reading is asked for.
 */
export function* clockReadings(
  zone: string,
  [from, to]: readonly [number, number],
  isEachRead: boolean,
): Generator<Reading> {
  const read = clockOf(zone);
  for (let day = from; day < to; day += DAY) {
    const shown = read(day);
    const isSteady = read(day + DAY) - shown === DAY;
    for (let moment = day; moment < day + DAY; moment += isSteady ? QUARTER : MINUTE)
      yield { moment, shown: isSteady && !isEachRead ? shown + moment - day : read(moment) };
  }
}

/**
 * When something is due by the clock on the wall: as soon as it shows a wanted time for the first time, or has passed
 * over it.
 * @param isWanted whether a quarter of an hour, as if it were in UTC, is one
 */
export function dueByClock(
  readings: Iterable<Reading>,
  isWanted: (shown: Date) => boolean,
): readonly number[] {
  const due: number[] = [];
  let latest: number | undefined;
  for (const { moment, shown } of readings) {
    for (let each = quarterAfter(latest ?? shown); each <= shown; each += QUARTER) {
      if (due.at(-1) !== moment && isWanted(new Date(each))) due.push(moment);
    }
    latest = Math.max(latest ?? shown, shown);
  }
  return due;
}

function quarterAfter(shown: number): number {
  return (Math.floor(shown / QUARTER) + 1) * QUARTER;
}
