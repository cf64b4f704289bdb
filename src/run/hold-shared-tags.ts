import { type Digest, shortDigest } from '../image/digest.ts';
import { parseReference } from '../image/reference.ts';
import { nameOfOffer } from './note-sightings.ts';
import type { ResolvedContainer } from './resolved-container.ts';
import type { PinnedName } from './trust.ts';

/**
 * An update moves the tag on the host. Where another container is made from the same name and pinned to another image,
 * that would move it from under the pin: compose would then make that container anew on what the pin forbids.
 */
export function holdSharedTags(
  resolved: readonly ResolvedContainer[],
  pinned: readonly PinnedName[],
): readonly ResolvedContainer[] {
  return resolved.map(each => {
    const { container, verdict } = each;
    if (verdict.kind !== 'outdated') return each;
    const reason = whyHeld(container, [verdict.digest, ...verdict.aliases], pinned);
    return reason === undefined
      ? each
      : { ...each, verdict: { kind: 'pinned', digest: verdict.digest, reason } };
  });
}

/** Why the tag that a container is made from must not move to an image; undefined if it may. */
export function whyHeld(
  { name, reference: text }: { readonly name: string; readonly reference: string },
  digests: readonly Digest[],
  pinned: readonly PinnedName[],
): string | undefined {
  const reference = parseReference(text);
  if (reference === undefined) return undefined;
  const holder = pinned.find(
    ({ name: other, reference: their, pin }) =>
      other !== name &&
      their === nameOfOffer(reference) &&
      !(pin.kind === 'only' && digests.includes(pin.digest)),
  );
  if (holder === undefined) return undefined;
  const what = holder.pin.kind === 'only' ? `pinned to ${shortDigest(holder.pin.digest)}` : 'pinned';
  return `${holder.name} is made from the same name and ${what}, so the tag stays where it is`;
}

/**
 * The same where another container made from that name may not run what is offered, for it is not signed, too young or
 * older: compose would make it anew on just that.
 */
export function holdRefused(judged: readonly ResolvedContainer[]): readonly ResolvedContainer[] {
  const refused = judged.flatMap(({ container: { name, reference: text }, verdict }) => {
    const reference = parseReference(text);
    const isRefused = verdict.kind === 'failed' || verdict.kind === 'skipped';
    return isRefused && verdict.digest !== undefined && reference !== undefined
      ? [{ name, offer: nameOfOffer(reference), digest: verdict.digest, reason: verdict.reason }]
      : [];
  });
  return judged.map(each => {
    const { container, verdict } = each;
    const reference = parseReference(container.reference);
    if (verdict.kind !== 'outdated' || reference === undefined) return each;
    const { digest } = verdict;
    const holder = refused.find(
      ({ offer, digest: theirs }) => offer === nameOfOffer(reference) && theirs === digest,
    );
    if (holder === undefined) return each;
    const reason = `${holder.name} is made from the same name and may not run that (${holder.reason}), so the tag stays where it is`;
    return { ...each, verdict: { kind: 'skipped', digest, reason } };
  });
}
