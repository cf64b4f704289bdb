import type { Digest } from '../image/digest.ts';
import type { Rejection } from '../journal/rejections.ts';
import type { Verdict } from '../plan/verdict.ts';

/** The verdict on a digest that was tried before. */
export function rejected(digest: Digest, { reason, at }: Rejection): Verdict {
  return { kind: 'rejected', digest, reason, at };
}
