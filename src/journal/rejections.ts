import { z } from '../base/shape.ts';
import { type Digest, parseDigest } from '../image/digest.ts';
import { type Memory, openMemory } from './memory.ts';

const rejectionShape = z.object({
  digest: z.custom<Digest>(
    value => typeof value === 'string' && parseDigest(value) !== undefined,
    'not a digest',
  ),
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

export function openRejections(stateFolder: string): Memory<Rejections> {
  return openMemory(stateFolder, 'rejected', rejectionsShape, {});
}
