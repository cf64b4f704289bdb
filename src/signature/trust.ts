import type { KeyObject } from 'node:crypto';
import type { TrustMaterial } from '@sigstore/verify';
import type { Signer } from '../image/signer.ts';

/** Whom a signature must come from, with everything that is needed to find that out. */
export type Trust =
  /** By any of these keys. */
  | { readonly kind: 'key'; readonly keyFile: string; readonly keys: readonly KeyObject[] }
  | { readonly kind: 'keyless'; readonly signer: Signer; readonly root: TrustMaterial };
