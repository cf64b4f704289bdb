import { z } from '../base/shape.ts';
import type { Digest } from '../image/digest.ts';
import { digestShape } from './digest-shape.ts';
import { type Memory, openMemory } from './memory.ts';

const rejectionShape = z.object({
  digest: digestShape,
  /** Other digests of the same image, by which it is known again under another index. */
  aliases: z.array(digestShape).readonly().optional(),
  /** What it did wrong, in the words of the log. */
  reason: z.string(),
  /** Milliseconds since 1970. */
  at: z.number(),
});

const rejectionsShape = z.record(z.string(), rejectionShape);

/** A digest that was tried on a container and rolled back; it is not tried again by itself. */
export type Rejection = z.infer<typeof rejectionShape>;
/** By container name; the last one of each. */
export type Rejections = z.infer<typeof rejectionsShape>;

/** What a container's digest was rejected for; names are any text, `constructor` too. */
export function rejectionOf(rejections: Rejections, name: string): Rejection | undefined {
  return Object.hasOwn(rejections, name) ? rejections[name] : undefined;
}

/** What an image was rejected for on a container, whichever of its digests it was rejected under. */
export function rejectionOfImage(
  rejections: Rejections,
  name: string,
  digests: readonly Digest[],
): Rejection | undefined {
  const rejection = rejectionOf(rejections, name);
  const rejected = rejection === undefined ? [] : [rejection.digest, ...(rejection.aliases ?? [])];
  return digests.some(digest => rejected.includes(digest)) ? rejection : undefined;
}

export function openRejections(stateFolder: string): Memory<Rejections> {
  return openMemory(stateFolder, 'rejected', rejectionsShape, {});
}
