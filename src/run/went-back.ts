import { formatLocalTime } from '../base/local-time.ts';
import type { Engine } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { Digest } from '../image/digest.ts';
import { parseKept } from '../image/kept-reference.ts';
import { parseReference, repositoryOf } from '../image/reference.ts';
import { digestsOf } from '../image/repo-digests.ts';
import type { PastRollout } from '../journal/history.ts';
import { earliest, type KnownDigests, ranSince } from '../journal/known-digests.ts';
import { nameOfOffer } from './note-sightings.ts';
import { allDigests, type RunningImage } from './running-image.ts';

/** Where it is looked up what ran before. */
export interface Evidence {
  readonly known: KnownDigests;
  readonly history: () => Promise<readonly PastRollout[]>;
  readonly engine: Pick<Engine, 'listImages'>;
}

/**
 * Whether a registry has gone back: what it offers ran here before what runs now did. Told by what we
 * remember of the name, by the history of the container, and, where neither knows the image, by its being kept here
 * under the container's name.
 * @returns what shows it, in words; undefined if it did not go back
 */
export async function wentBack(
  { known, history, engine }: Evidence,
  running: RunningImage,
  offer: { readonly digest: Digest; readonly aliases: readonly Digest[] },
): Promise<string | undefined> {
  const name = nameOfOffer(running.reference);
  const past = ownPast(await history(), running);
  const firstRun = (digests: readonly Digest[]) =>
    earliest([ranSince(known, name, digests), ...past.flatMap(each => mentions(each, digests))]);
  const offered = firstRun([offer.digest, ...offer.aliases]);
  const current = firstRun(allDigests(running));
  if (offered === undefined)
    return (await isKept(engine, running, [offer.digest, ...offer.aliases]))
      ? 'its image is still kept here'
      : undefined;
  return current !== undefined && offered < current
    ? `known to have run since ${formatLocalTime(offered)}`
    : undefined;
}

function ownPast(past: readonly PastRollout[], { name, reference }: RunningImage): readonly PastRollout[] {
  return past.filter(({ container, reference: text }) => {
    const then = parseReference(text);
    return container === name && then !== undefined && repositoryOf(then) === repositoryOf(reference);
  });
}

/** What was tried and put back did not run. */
function mentions(
  { fromImage, fromDigest, toDigest, outcome, startedAt, endedAt }: PastRollout,
  digests: readonly string[],
): readonly number[] {
  const ran = [fromImage, fromDigest].some(each => each !== undefined && digests.includes(each));
  const began = outcome === 'updated' && toDigest !== undefined && digests.includes(toDigest);
  return [...(ran ? [startedAt] : []), ...(began ? [endedAt] : [])];
}

/** Whether one of our names for what a container ran before is that image's, by any of its digests. */
async function isKept(
  engine: Pick<Engine, 'listImages'>,
  { name, reference }: RunningImage,
  digests: readonly string[],
): Promise<boolean> {
  try {
    const kept = (await engine.listImages()).filter(({ RepoTags }) =>
      (RepoTags ?? []).some(tag => parseKept(tag)?.container === name),
    );
    return kept.some(image =>
      [image.Id, ...digestsOf(image, reference)].some(each => digests.includes(each)),
    );
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return false;
  }
}
