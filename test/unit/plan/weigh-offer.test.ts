import { expect, it } from 'vitest';
import { type OfferEvidence, weighOffer } from '../../../src/plan/weigh-offer.ts';
import { digestOf } from '../../support/rollout-samples.ts';

const offer = { kind: 'outdated', digest: digestOf('d'), aliases: [digestOf('e')] } as const;
const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 20);

function weigh(over: Partial<OfferEvidence>) {
  return weighOffer(offer, {
    now: NOW,
    since: NOW,
    minAge: 0,
    minAgeBy: 'REFRESHD_MIN_AGE',
    older: undefined,
    downgrade: 'follow',
    ...over,
  });
}

it.each<[string, Partial<OfferEvidence>]>([
  ['no age is asked for', {}],
  ['it is old enough to the millisecond', { minAge: DAY, since: NOW - DAY }],
  ['it is older', { minAge: DAY, since: NOW - 9 * DAY }],
  ['the clock was put back and no age is asked for', { since: NOW + DAY }],
  ['nobody went back', { downgrade: 'refuse' }],
])('an offer is taken where %s', (_, over) => {
  expect(weigh(over)).toEqual(offer);
});

it('one that is too young is not, and says since and from when', () => {
  const verdict = weigh({ minAge: 3 * DAY, since: NOW - DAY, minAgeBy: 'refreshd.min-age' });
  expect(verdict).toMatchObject({ kind: 'skipped', digest: offer.digest });
  expect('reason' in verdict && verdict.reason).toMatch(
    /^known since 2026-06-1\d .+ \(24 h ago\), taken from 2026-06-2\d .+ on \(in 2 d\): refreshd\.min-age$/,
  );
  expect(weigh({ minAge: DAY, since: NOW - DAY + 1 }).kind).toBe('skipped');
});

it('one that was seen in a future that did not come waits from now on, and no longer', () => {
  const verdict = weigh({ minAge: 3 * DAY, since: NOW + 900 * DAY });
  expect('reason' in verdict && verdict.reason).toMatch(/on \(in 3 d\): REFRESHD_MIN_AGE$/);
});

it('one that ran before is followed or not, as is asked for', () => {
  const older = 'its image is still kept here';
  expect(weigh({ older })).toEqual({ ...offer, older });
  expect(weigh({ older, downgrade: 'refuse' })).toEqual({
    kind: 'skipped',
    digest: offer.digest,
    older,
    reason: 'not taken, because of REFRESHD_DOWNGRADE=refuse',
  });
});
