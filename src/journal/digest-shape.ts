import { z } from '../base/shape.ts';
import { type Digest, parseDigest } from '../image/digest.ts';

/** A digest in a file of ours. */
export const digestShape = z.custom<Digest>(
  value => typeof value === 'string' && parseDigest(value) !== undefined,
  'not a digest',
);
