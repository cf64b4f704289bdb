import type { InspectedImage } from '../container/inspected.ts';
import { type Digest, parseDigest } from '../image/digest.ts';
import { type Platform, platformOfImage } from '../image/platform.ts';
import { nameByDigest, type Reference } from '../image/reference.ts';
import { isVouchedFor, mayBeMadeHere } from '../image/repo-digests.ts';
import type { Rejections } from '../journal/rejections.ts';
import type { Verdict } from '../plan/verdict.ts';
import type { Answer, Questions } from './ask-once.ts';
import type { SurveyedContainer } from './survey.ts';

/** A container as far as it is compared with what its registry offers. */
export interface RunningImage extends Pick<SurveyedContainer, 'name' | 'imageId' | 'manifest'> {
  readonly image: InspectedImage;
  readonly reference: Reference;
  /** Those of its image in the reference's repository. */
  readonly digests: readonly Digest[];
}

/** What a comparison goes by, beside what registries say. */
export interface CompareOptions {
  readonly rejections: Rejections;
  readonly enginePlatform: Platform;
  /** Whether the engine lists digests for images that were made here, too. */
  readonly digestsForAll?: boolean;
}

/** Every digest that the image is known by: those of its repository, of its manifest, and its id where that is one. */
export function allDigests({ digests, manifest, imageId }: RunningImage): readonly Digest[] {
  const others = [manifest, imageId].flatMap(text => parseDigest(text ?? '') ?? []);
  return [...new Set([...digests, ...others])];
}

/** What a digest of its repository means to a container. */
export interface Comparison {
  /** Whether it is the very image that runs, under another index. */
  readonly isSame: boolean;
  /** Of its manifest for this platform, and of its configuration. */
  readonly aliases: readonly Digest[];
}

/** Looks behind a digest: an index changes too when only another platform's image does. */
export async function lookBehind(
  { image, reference, digests, imageId, manifest: ours }: RunningImage,
  digest: Digest,
  questions: Questions,
  enginePlatform: Platform,
): Promise<Answer<Comparison>> {
  const answer = await questions.image(reference, digest, platformOfImage(image, enginePlatform));
  if (!answer.ok) return answer;
  const { manifest, config } = answer.value;
  const known: readonly (string | undefined)[] = [...digests, imageId, ours];
  const isSame = known.includes(manifest) || config === imageId;
  return { ok: true, value: { isSame, aliases: [manifest, config].filter(each => each !== digest) } };
}

/** An image that was made here is not replaced by its registry's of the same name. */
export async function whyNotReplaced(
  { image, reference, digests }: RunningImage,
  questions: Questions,
  digestsForAll: boolean | undefined,
): Promise<Verdict | undefined> {
  if (!mayBeMadeHere(image, digestsForAll) || isVouchedFor(image, reference)) return undefined;
  const known = await questions.knownOrigins();
  if (digests.some(digest => known.has(nameByDigest(reference, digest)))) return undefined;
  for (const digest of digests) {
    const answer = await questions.has(reference, digest);
    if (!answer.ok) return { kind: 'unresolved', reason: answer.reason };
    if (answer.value) return undefined;
  }
  return { kind: 'skipped', reason: 'built or tagged here: its registry does not have it' };
}
