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
  if (zone === undefined) return -new Date(milliseconds).getTimezoneOffset() * 60_000;
  const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] =
    /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(formatLocalTime(milliseconds, zone)) ?? [];
  const size = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -size : size;
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
