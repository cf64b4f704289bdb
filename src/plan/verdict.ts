import type { Digest } from '../image/digest.ts';

/** What is to be done about a watched container, and why. */
export type Verdict =
  /** It runs what its registry offers. */
  | { readonly kind: 'current'; readonly digest: Digest }
  /** Its registry offers another image. */
  | {
      readonly kind: 'outdated';
      readonly digest: Digest;
      /** Of its manifest for this platform, and of its configuration: it may come again under another index. */
      readonly aliases: readonly Digest[];
      /** Where its registry went back to an image that ran here before: what shows that, in words. */
      readonly older?: string | undefined;
      /** Whose signature it has, in words, where one is required. */
      readonly signedBy?: string;
    }
  /** What its registry offers has not the signature that it must have, and is not taken. */
  | {
      readonly kind: 'failed';
      readonly digest: Digest;
      /** What it goes on running, where that has a digest. */
      readonly running: Digest | undefined;
      readonly reason: string;
    }
  /** Its registry offers another image, but a person allows only the one it runs. */
  | { readonly kind: 'pinned'; readonly digest: Digest; readonly reason: string }
  /** What its registry offers was tried before and did not work out. */
  | { readonly kind: 'rejected'; readonly digest: Digest; readonly reason: string; readonly at: number }
  /** There is nothing to compare, or it is not ours to touch. */
  | {
      readonly kind: 'skipped';
      readonly reason: string;
      /** What is offered, where it is for that that nothing is done. */
      readonly digest?: Digest;
      readonly older?: string | undefined;
    }
  /** It could not be found out. */
  | { readonly kind: 'unresolved'; readonly reason: string };

/** Why a container is settled without asking its registry; undefined if that has to be asked. */
export function withoutAsking(image: {
  readonly pinnedDigest: Digest | undefined;
  readonly digests: readonly Digest[];
}): Verdict | undefined {
  if (image.pinnedDigest !== undefined)
    return { kind: 'skipped', reason: 'pinned to a digest by its own reference' };
  if (image.digests.length === 0)
    return { kind: 'skipped', reason: 'built or tagged here: it has no digest of that repository' };
  return undefined;
}
