import { cleanText } from '../base/clean-text.ts';
import type { InspectedImage } from '../container/inspected.ts';
import { type Digest, isIdOf } from '../image/digest.ts';
import { type Platform, platformOfImage } from '../image/platform.ts';
import { DOCKER_HUB, nameByDigest, parseReference, type Reference } from '../image/reference.ts';
import { digestsOf, isVouchedFor, mayBeMadeHere } from '../image/repo-digests.ts';
import { type Rejection, type Rejections, rejectionOfImage } from '../journal/rejections.ts';
import { type Verdict, withoutAsking } from '../plan/verdict.ts';
import { type AskOptions, askOnce, type Questions } from './ask-once.ts';
import type { SurveyedContainer } from './survey.ts';

/** A watched container with what is to be done about it. */
export interface ResolvedContainer {
  readonly container: SurveyedContainer;
  readonly verdict: Verdict;
}

export interface ResolveOptions extends AskOptions {
  readonly rejections: Rejections;
  readonly enginePlatform: Platform;
  /** Whether the engine lists digests for images that were made here, too. */
  readonly digestsForAll?: boolean;
}

/**
 * Compares what each container runs with what its registry offers: one question for each distinct reference, a
 * few at a time. What fails for one fails for that one.
 */
export async function resolve(
  containers: readonly SurveyedContainer[],
  options: ResolveOptions,
): Promise<readonly ResolvedContainer[]> {
  const questions = askOnce(options);
  return Promise.all(
    containers.map(async container => ({ container, verdict: await judge(container, questions, options) })),
  );
}

async function judge(
  container: SurveyedContainer,
  questions: Questions,
  options: ResolveOptions,
): Promise<Verdict> {
  const { selection, labelProblems, image } = container;
  if (selection.kind === 'skipped') return selection;
  if (labelProblems.length > 0) return { kind: 'unresolved', reason: labelProblems.join('; ') };
  if (isIdOf(container.reference, container.imageId))
    return { kind: 'skipped', reason: 'made from an image id, which names no registry' };
  const reference = parseReference(container.reference);
  if (reference === undefined) {
    return {
      kind: 'unresolved',
      reason: `its image name "${cleanText(container.reference, 80)}" cannot be understood`,
    };
  }
  if (image === undefined) return { kind: 'unresolved', reason: 'its image was removed from the host' };
  const running = { ...container, image, reference, digests: digestsOf(image, reference) };
  const settled = withoutAsking({ pinnedDigest: reference.digest, digests: running.digests });
  return settled ?? compare(running, questions, options);
}

/** A container as far as it is compared with what its registry offers. */
interface Running extends Pick<SurveyedContainer, 'name' | 'imageId' | 'manifest'> {
  readonly image: InspectedImage;
  readonly reference: Reference;
  /** Those of its image in the reference's repository. */
  readonly digests: readonly Digest[];
}

async function compare(running: Running, questions: Questions, options: ResolveOptions): Promise<Verdict> {
  const { name, image, reference, digests } = running;
  const offer = await questions.offered(reference);
  if (!offer.ok) {
    return offer.isUnknown && isPlainName(reference) && mayBeMadeHere(image, options.digestsForAll)
      ? { kind: 'skipped', reason: 'built or tagged here: Docker Hub has no image of that name' }
      : { kind: 'unresolved', reason: offer.reason };
  }
  const digest = offer.value;
  if (digests.includes(digest)) return { kind: 'current', digest };
  const rejection = rejectionOfImage(options.rejections, name, [digest]);
  if (rejection !== undefined) return rejected(digest, rejection);

  // The digest is a new one. But is the image? An index changes too when only another platform's image does.
  const answer = await questions.image(reference, digest, platformOfImage(image, options.enginePlatform));
  if (!answer.ok) return { kind: 'unresolved', reason: answer.reason };
  const { manifest, config } = answer.value;
  const known: readonly (string | undefined)[] = [...digests, running.imageId, running.manifest];
  if (known.includes(manifest) || config === running.imageId) return { kind: 'current', digest };
  const aliases = [manifest, config].filter(each => each !== digest);
  const former = rejectionOfImage(options.rejections, name, aliases);
  if (former !== undefined) return rejected(digest, former);
  return (await whyNotTaken(running, questions, options)) ?? { kind: 'outdated', digest, aliases };
}

/** An image that was made here is not replaced by its registry's of the same name. */
async function whyNotTaken(
  { image, reference, digests }: Running,
  questions: Questions,
  { digestsForAll }: ResolveOptions,
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

function rejected(digest: Digest, { reason, at }: Rejection): Verdict {
  return { kind: 'rejected', digest, reason, at };
}

/** The names that people give to what they make themselves. */
function isPlainName({ registry, path }: Reference): boolean {
  return registry === DOCKER_HUB && path.startsWith('library/');
}
