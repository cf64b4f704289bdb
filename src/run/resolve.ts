import pLimit from 'p-limit';
import { cleanText } from '../base/clean-text.ts';
import { sentenceOf } from '../base/failure.ts';
import type { Secrets } from '../base/secrets.ts';
import type { InspectedImage } from '../container/inspected.ts';
import { type Digest, isIdOf } from '../image/digest.ts';
import { formatPlatform, type Platform, platformOfImage } from '../image/platform.ts';
import { DOCKER_HUB, formatReference, parseReference, type Reference } from '../image/reference.ts';
import { digestsOf } from '../image/repo-digests.ts';
import { type Rejection, type Rejections, rejectionOfImage } from '../journal/rejections.ts';
import { type Verdict, withoutAsking } from '../plan/verdict.ts';
import type { PlatformImage, Registry } from '../registry/registry.ts';
import { RegistryError } from '../registry/registry-error.ts';
import type { SurveyedContainer } from './survey.ts';

/** A watched container with what is to be done about it. */
export interface ResolvedContainer {
  readonly container: SurveyedContainer;
  readonly verdict: Verdict;
}

export interface ResolveOptions {
  readonly registry: Registry;
  readonly rejections: Rejections;
  readonly enginePlatform: Platform;
  readonly concurrency: number;
  readonly secrets: Secrets;
  /** Fires when the run is to end: then nobody waits for a registry any longer. */
  readonly interrupted: AbortSignal;
}

/** What a registry answered; what failed is an answer too. */
type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly reason: string;
      /** Whether there is no such image, as far as we are told. */
      readonly isUnknown: boolean;
    };

const LEFT = { ok: false, reason: 'the run was told to leave', isUnknown: false } as const;

/** The two questions that registries are asked, each once however many containers want to know. */
interface Questions {
  readonly offered: (reference: Reference) => Promise<Answer<Digest>>;
  readonly image: (
    reference: Reference,
    digest: Digest,
    platform: Platform,
  ) => Promise<Answer<PlatformImage>>;
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

function askOnce({ registry, concurrency, secrets, interrupted }: ResolveOptions): Questions {
  const left = whenAborted(interrupted).then(() => LEFT);
  const limit = pLimit(concurrency);
  const answers = new Map<string, Promise<Answer<unknown>>>();
  const once = <T>(question: string, ask: () => Promise<T>): Promise<Answer<T>> => {
    const answer =
      answers.get(question) ??
      Promise.race([left, limit(() => (interrupted.aborted ? LEFT : answerOf(ask, secrets)))]);
    answers.set(question, answer);
    return answer as Promise<Answer<T>>;
  };
  return {
    offered: reference => once(formatReference(reference), () => registry.offeredDigest(reference)),
    image: (reference, digest, platform) =>
      once(`${formatReference(reference)} ${digest} ${formatPlatform(platform)}`, () =>
        registry.platformImage(reference, digest, platform),
      ),
  };
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function answerOf<T>(ask: () => Promise<T>, secrets: Secrets): Promise<Answer<T>> {
  try {
    return { ok: true, value: await ask() };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    const isUnknown = error.code === 'not-found' || error.code === 'denied';
    return { ok: false, reason: secrets.redact(sentenceOf(error).replace(/\.$/, '')), isUnknown };
  }
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
  const digests = digestsOf(image, reference);
  const settled = withoutAsking({ pinnedDigest: reference.digest, digests });
  if (settled !== undefined) return settled;

  const offer = await questions.offered(reference);
  if (!offer.ok && offer.isUnknown && mayBeHomeMade(image, reference))
    return { kind: 'skipped', reason: 'built or tagged here: Docker Hub has no image of that name' };
  if (!offer.ok) return { kind: 'unresolved', reason: offer.reason };
  const digest = offer.value;
  if (digests.includes(digest)) return { kind: 'current', digest };
  const rejection = rejectionOfImage(options.rejections, container.name, [digest]);
  if (rejection !== undefined) return rejected(digest, rejection);

  // The digest is a new one. But is the image? An index changes too when only another platform's image does.
  const answer = await questions.image(reference, digest, platformOfImage(image, options.enginePlatform));
  if (!answer.ok) return { kind: 'unresolved', reason: answer.reason };
  const { manifest, config } = answer.value;
  const isSame =
    digests.includes(manifest) ||
    config === container.imageId ||
    manifest === container.imageId ||
    manifest === container.manifest;
  if (isSame) return { kind: 'current', digest };
  const aliases = [manifest, config].filter(each => each !== digest);
  const former = rejectionOfImage(options.rejections, container.name, aliases);
  if (former !== undefined) return rejected(digest, former);
  return { kind: 'outdated', digest, aliases };
}

function rejected(digest: Digest, { reason, at }: Rejection): Verdict {
  return { kind: 'rejected', digest, reason, at };
}

/** Containerd's image store lists a digest for an image that was made here, too; people give these plain names. */
function mayBeHomeMade(image: InspectedImage, { registry, path }: Reference): boolean {
  return Boolean(image.Descriptor) && registry === DOCKER_HUB && path.startsWith('library/');
}
