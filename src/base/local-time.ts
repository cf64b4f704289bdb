/**
 * A moment as the reader's clock shows it, with the offset that makes it unambiguous:
 * `2026-11-29 03:00:00 +01:00`.
 * @param zone an IANA zone; the machine's own if left out
 */
export function formatLocalTime(milliseconds: number, zone?: string): string {
  const parts = formatterFor(zone).formatToParts(milliseconds);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find(each => each.type === type)?.value ?? '';
  const offset = part('timeZoneName').replace('GMT', '') || '+00:00';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')} ${offset}`;
}

/** A moment to come as a person notes it: `Sun 2026-11-29 03:00`. @param zone the machine's own if left out */
export function formatDayAndMinute(milliseconds: number, zone?: string): string {
  const weekday = new Date(milliseconds + offsetAt(milliseconds, zone)).toUTCString().slice(0, 3);
  return `${weekday} ${formatLocalTime(milliseconds, zone).slice(0, 16)}`;
}

/** Made once for each zone, since making one takes far longer than using it. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterFor(zone: string | undefined): Intl.DateTimeFormat {
  const known = formatters.get(zone ?? '');
  if (known !== undefined) return known;
  const formatter = new Intl.DateTimeFormat('en-CA', {
    ...(zone === undefined ? {} : { timeZone: zone }),
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  });
  // What the machine's own zone is may change as long as nobody named one.
  if (zone !== undefined) formatters.set(zone, formatter);
  return formatter;
}

/** How far local time is ahead of UTC at a moment, in milliseconds. @param zone the machine's own if left out */
export function offsetAt(milliseconds: number, zone?: string): number {
  // What is asked most, of a program that has just started: making a formatter takes longer than all else there.
  if (zone === 'UTC') return 0;
  if (zone === undefined) return -new Date(milliseconds).getTimezoneOffset() * 60_000;
  const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] =
    /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(offsetFormatterFor(zone).format(milliseconds)) ?? [];
  const size = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -size : size;
}

/** They write the offset and little else: years of due times are worked out with them. */
const offsetFormatters = new Map<string, Intl.DateTimeFormat>();

function offsetFormatterFor(zone: string): Intl.DateTimeFormat {
  const known = offsetFormatters.get(zone);
  if (known !== undefined) return known;
  const formatter = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  offsetFormatters.set(zone, formatter);
  return formatter;
}

/** Whether the machine knows the IANA time zone of that name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
