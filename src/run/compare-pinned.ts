import { type Digest, shortDigest } from '../image/digest.ts';
import { rejectionOfImage } from '../journal/rejections.ts';
import type { Verdict } from '../plan/verdict.ts';
import type { Questions } from './ask-once.ts';
import { rejected } from './rejected.ts';
import { type CompareOptions, lookBehind, type RunningImage, whyNotReplaced } from './running-image.ts';

/**
 * What is to be done about a container that may run one image alone. It is told by the digest of its index or of its
 * manifest for this platform; the registry is asked what that is where the engine does not say.
 */
export async function comparePinned(
  running: RunningImage,
  allowed: Digest,
  questions: Questions,
  options: CompareOptions,
): Promise<Verdict> {
  const missing = isRunBy(running, allowed)
    ? undefined
    : await takePinned(running, allowed, questions, options);
  if (missing !== undefined) return missing;

  const offer = await questions.offered(running.reference);
  if (!offer.ok) return { kind: 'unresolved', reason: offer.reason };
  const digest = offer.value;
  if (digest === allowed || isRunBy(running, digest)) return { kind: 'current', digest };
  const answer = await lookBehind(running, digest, questions, options.enginePlatform);
  return answer.ok && answer.value.isSame
    ? { kind: 'current', digest }
    : { kind: 'pinned', digest, reason: `pinned to ${shortDigest(allowed)}` };
}

function isRunBy({ digests, manifest }: RunningImage, digest: Digest): boolean {
  return digests.includes(digest) || manifest === digest;
}

/** Where the allowed image does not run yet it is the one to take, wherever the tag points. @returns undefined if it runs */
async function takePinned(
  running: RunningImage,
  allowed: Digest,
  questions: Questions,
  { rejections, enginePlatform, digestsForAll }: CompareOptions,
): Promise<Verdict | undefined> {
  const { name, imageId, image, digests } = running;
  if (allowed === imageId && !image.Descriptor) {
    const [own] = digests;
    return {
      kind: 'unresolved',
      reason: `it is pinned to the id of its image, which no registry knows it by; its digest is ${own}`,
    };
  }
  const answer = await lookBehind(running, allowed, questions, enginePlatform);
  if (!answer.ok)
    return {
      kind: 'unresolved',
      reason: `it is pinned to ${shortDigest(allowed)}, which it does not run and cannot get: ${answer.reason}`,
    };
  const { isSame, aliases } = answer.value;
  if (isSame) return undefined;
  const rejection = rejectionOfImage(rejections, name, [allowed, ...aliases]);
  if (rejection !== undefined) return rejected(allowed, rejection);
  const reason = await whyNotReplaced(running, questions, digestsForAll);
  return reason ?? { kind: 'outdated', digest: allowed, aliases };
}
