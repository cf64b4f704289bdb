import { cleanText } from '../base/clean-text.ts';
import type { InspectedImage } from '../container/inspected.ts';
import { isIdOf } from '../image/digest.ts';
import { DOCKER_HUB, parseReference, type Reference } from '../image/reference.ts';
import { digestsOf, mayBeMadeHere } from '../image/repo-digests.ts';
import { rejectionOfImage } from '../journal/rejections.ts';
import { type Verdict, withoutAsking } from '../plan/verdict.ts';
import { type AskOptions, askOnce, type Questions } from './ask-once.ts';
import { comparePinned } from './compare-pinned.ts';
import { rejected } from './rejected.ts';
import type { ResolvedContainer } from './resolved-container.ts';
import { type CompareOptions, lookBehind, type RunningImage, whyNotReplaced } from './running-image.ts';
import type { SurveyedContainer } from './survey.ts';
import type { Trust } from './trust.ts';

export interface ResolveOptions extends AskOptions, CompareOptions {
  readonly trust: Pick<Trust, 'pinOf' | 'weigh'>;
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
  return settled ?? compareAsAllowed(container, running, questions, options);
}

/** A pin goes before everything else: by it a person has decided. */
async function compareAsAllowed(
  container: SurveyedContainer,
  running: RunningImage,
  questions: Questions,
  options: ResolveOptions,
): Promise<Verdict> {
  const pin = options.trust.pinOf(container);
  switch (pin.kind) {
    case 'unclear':
      return { kind: 'unresolved', reason: pin.reason };
    case 'only':
      return comparePinned(running, pin.digest, questions, options);
    case 'unknown': {
      const verdict = await compare(running, questions, options);
      return verdict.kind === 'outdated' ? { kind: 'unresolved', reason: pin.reason } : verdict;
    }
    case 'none': {
      const verdict = await compare(running, questions, options);
      return verdict.kind === 'outdated' ? options.trust.weigh(container, running, verdict) : verdict;
    }
    default:
      return pin satisfies never;
  }
}

async function compare(
  running: RunningImage,
  questions: Questions,
  options: ResolveOptions,
): Promise<Verdict> {
  const { name, image, reference, digests } = running;
  const offer = await questions.offered(reference);
  if (!offer.ok) {
    return offer.isUnknown && mayBeOfOwnMaking(reference, image, options.digestsForAll)
      ? { kind: 'skipped', reason: 'built or tagged here: Docker Hub has no image of that name' }
      : { kind: 'unresolved', reason: offer.reason };
  }
  const digest = offer.value;
  if (digests.includes(digest)) return { kind: 'current', digest };
  const rejection = rejectionOfImage(options.rejections, name, [digest]);
  if (rejection !== undefined) return rejected(digest, rejection);

  // The digest is a new one. But is the image?
  const answer = await lookBehind(running, digest, questions, options.enginePlatform);
  if (!answer.ok) return { kind: 'unresolved', reason: answer.reason };
  const { isSame, aliases } = answer.value;
  if (isSame) return { kind: 'current', digest };
  const former = rejectionOfImage(options.rejections, name, aliases);
  if (former !== undefined) return rejected(digest, former);
  const reason = await whyNotReplaced(running, questions, options.digestsForAll);
  return reason ?? { kind: 'outdated', digest, aliases };
}

/** Whether an image that no registry knows may be one that somebody made here, going by the names that people give. */
export function mayBeOfOwnMaking(
  { registry, path }: Reference,
  image: InspectedImage,
  digestsForAll: boolean | undefined,
): boolean {
  return registry === DOCKER_HUB && path.startsWith('library/') && mayBeMadeHere(image, digestsForAll);
}
