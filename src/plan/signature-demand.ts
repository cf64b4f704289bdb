import type { LabelWishes } from '../container/labels.ts';
import type { Signer } from '../image/signer.ts';

/** The signature that an image must have before it is taken. Paths are as the user wrote them. */
export type SignatureDemand =
  | { readonly kind: 'none' }
  /** By a key of this file. */
  | { readonly kind: 'key'; readonly keyFile: string }
  /** By somebody that a certificate names; the file holds what is trusted instead of Sigstore's public root. */
  | { readonly kind: 'keyless'; readonly signer: Signer; readonly rootFile: string | undefined };

/** What the settings say of signatures. */
export interface VerifyPolicy {
  readonly verify: 'off' | 'key' | 'keyless';
  readonly key?: string | undefined;
  readonly identity?: string | undefined;
  readonly issuer?: string | undefined;
  readonly root?: string | undefined;
}

/**
 * The signature that one container's image must have: by its labels, and where they say nothing by the settings.
 * @returns a sentence, without a full stop, if what is said does not go together
 */
export function signatureDemand(policy: VerifyPolicy, wishes: LabelWishes): SignatureDemand | string {
  const kind = kindWished(wishes) ?? policy.verify;
  switch (kind) {
    case 'off':
      return { kind: 'none' };
    case 'key': {
      const keyFile = wishes.verifyKey ?? policy.key;
      return keyFile === undefined ? missing('key') : { kind, keyFile };
    }
    case 'keyless':
      return keylessDemand(policy, wishes);
    case 'unclear':
      return 'its labels name a key and an identity: label refreshd.verify must say which of them counts';
    default:
      return kind satisfies never;
  }
}

/** Whoever names a key by label wants it to count. */
function kindWished(wishes: LabelWishes): VerifyPolicy['verify'] | 'unclear' | undefined {
  if (wishes.verify !== undefined) return wishes.verify;
  const byKey = wishes.verifyKey !== undefined;
  const { verifyIdentity, verifyIssuer, verifyRoot } = wishes;
  const bySigner = [verifyIdentity, verifyIssuer, verifyRoot].some(each => each !== undefined);
  if (byKey && bySigner) return 'unclear';
  return byKey ? 'key' : bySigner ? 'keyless' : undefined;
}

function keylessDemand(policy: VerifyPolicy, wishes: LabelWishes): SignatureDemand | string {
  const identity = wishes.verifyIdentity ?? policy.identity;
  const issuer = wishes.verifyIssuer ?? policy.issuer;
  if (identity === undefined) return missing('identity');
  if (issuer === undefined) return missing('issuer');
  return { kind: 'keyless', signer: { identity, issuer }, rootFile: wishes.verifyRoot ?? policy.root };
}

function missing(what: 'key' | 'identity' | 'issuer'): string {
  return `its image must be signed, but nothing says by which ${what}: set label refreshd.verify.${what} or REFRESHD_VERIFY_${what.toUpperCase()}`;
}

/** The demand in words: `a signature by the key in cosign.pub`. */
export function demandWords(demand: Exclude<SignatureDemand, { kind: 'none' }>): string {
  return demand.kind === 'key'
    ? `a signature by the key in ${demand.keyFile}`
    : `a signature by ${demand.signer.identity} (${demand.signer.issuer})`;
}
