import ms from 'ms';

/** A duration as people write it: a number and a unit. */
const WRITTEN = /^\d+(\.\d+)?\s*(ms|s|m|h|d|w)$/;
/** The longest we take: beyond it a typing mistake is likelier than a wish. */
const LONGEST = 366 * 24 * 60 * 60 * 1000;

/**
 * Reads `500ms`, `30s`, `5m`, `1.5h`, `7d`, `2w`, or `0`.
 * @returns milliseconds, or undefined if the text is no duration of at most a year
 */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === '0') return 0;
  if (!WRITTEN.test(trimmed)) return undefined;
  const value = ms(trimmed.replace(/\s/g, '') as ms.StringValue);
  return Number.isFinite(value) && value <= LONGEST ? value : undefined;
}

/** Milliseconds as a person says them: `0.4 s`, `12 s`, `3 min`, `2 h`, `5 d`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}
