import { formatReference, parseReference, type Reference } from '../image/reference.ts';
import { digestsOf } from '../image/repo-digests.ts';
import { bestEffort } from '../journal/best-effort.ts';
import { type KnownDigests, type Sighting, withSightings } from '../journal/known-digests.ts';
import type { ResolvedContainer } from './resolved-container.ts';
import type { RunTools } from './run-tools.ts';
import { allDigests } from './running-image.ts';
import type { SurveyedContainer } from './survey.ts';

/** The name under which digests are known: with its tag, since each tag has a story of its own. */
export function nameOfOffer(reference: Reference): string {
  return formatReference({ ...reference, digest: undefined });
}

/** What a container runs, by every digest of it. */
export function runningSightings(container: SurveyedContainer): readonly Sighting[] {
  const { image, selection } = container;
  const reference = parseReference(container.reference);
  if (selection.kind !== 'watched' || image === undefined || reference === undefined) return [];
  const digests = digestsOf(image, reference);
  if (digests.length === 0) return [];
  const name = nameOfOffer(reference);
  return allDigests({ ...container, image, reference, digests }).map(digest => ({
    reference: name,
    digest,
    runs: true,
  }));
}

function offeredSightings({ container, verdict }: ResolvedContainer): readonly Sighting[] {
  const reference = parseReference(container.reference);
  const digest = 'digest' in verdict ? verdict.digest : undefined;
  if (reference === undefined || digest === undefined) return [];
  return [{ reference: nameOfOffer(reference), digest, runs: false }];
}

/**
 * Remembers what was seen. `check` does so too, or what it says ("taken from then on") would not come true. It holds no
 * lock; so what is written down is read again just before, and what another look adds in that instant may be forgotten,
 * which only lets something wait for longer.
 * @returns what is known now
 */
export async function noteSightings(
  { knownDigests, clock, log }: Pick<RunTools, 'knownDigests' | 'clock' | 'log'>,
  survey: readonly SurveyedContainer[],
  resolved: readonly ResolvedContainer[],
): Promise<KnownDigests> {
  const sightings = [...survey.flatMap(runningSightings), ...resolved.flatMap(offeredSightings)];
  if (sightings.length === 0) return [];
  const noted = await bestEffort(log, async () => {
    const { value: before } = await knownDigests.recall();
    const known = withSightings(before, sightings, clock.now());
    await knownDigests.remember(known);
    return known;
  });
  return noted ?? withSightings([], sightings, clock.now());
}
