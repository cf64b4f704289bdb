import type { HttpAnswer } from '../base/http.ts';

/** Whoever says more than that does not mean it. */
const LONGEST = 24 * 60 * 60_000;

/**
 * How long a server that refuses for now wants to be left alone (RFC 9110, section 10.2.3), in milliseconds.
 * @param now the wall clock
 * @returns undefined where it refuses for another reason, or says nothing that makes sense
 */
export function retryAfter(answer: HttpAnswer, now: number): number | undefined {
  if (answer.status !== 429 && answer.status !== 503) return undefined;
  const text = answer.header('retry-after')?.trim() ?? '';
  const wait = /^\d+$/.test(text)
    ? Number(text) * 1000
    : /[a-z]/i.test(text)
      ? Date.parse(text) - now
      : Number.NaN;
  if (Number.isNaN(wait) || wait > LONGEST) return undefined;
  return Math.max(wait, 0);
}
