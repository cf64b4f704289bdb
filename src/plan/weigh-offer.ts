import { formatLocalTime } from '../base/local-time.ts';
import { formatRelative } from '../base/relative-time.ts';
import type { Policy } from './policy.ts';
import type { Verdict } from './verdict.ts';

/** What is known of an offer beside its digest. Times in milliseconds since 1970. */
export interface OfferEvidence {
  readonly now: number;
  /** When it was first seen by us. */
  readonly since: number;
  /** How long it must be known, in milliseconds, and who says so. */
  readonly minAge: number;
  readonly minAgeBy: 'REFRESHD_MIN_AGE' | 'refreshd.min-age';
  /** What shows that it ran here before what runs now; undefined if it did not. */
  readonly older: string | undefined;
  readonly downgrade: Policy['downgrade'];
}

/** Whether what is offered is taken now: not before it is old enough, and not back where that is refused. */
export function weighOffer(
  { digest, aliases }: Extract<Verdict, { kind: 'outdated' }>,
  { now, since, minAge, minAgeBy, older, downgrade }: OfferEvidence,
): Verdict {
  if (older !== undefined && downgrade === 'refuse')
    return { kind: 'skipped', digest, older, reason: 'not taken, because of REFRESHD_DOWNGRADE=refuse' };
  // A clock that was put back must not make it wait for longer than from now on.
  const from = Math.min(since, now) + minAge;
  if (from <= now) return { kind: 'outdated', digest, aliases, older };
  const known = `known since ${formatLocalTime(since)} (${formatRelative(since, now)})`;
  const taken = `taken from ${formatLocalTime(from)} on (${formatRelative(from, now)})`;
  return { kind: 'skipped', digest, older, reason: `${known}, ${taken}: ${minAgeBy}` };
}
