/** Who must have signed an image, where no key of theirs is at hand (Sigstore, keyless signing). */
export interface Signer {
  /** The subject of the certificate: an e-mail address, or the address of a workflow. */
  readonly identity: string;
  /** Who vouched for it: the address of an OpenID provider. */
  readonly issuer: string;
}

const LONGEST = 2048;
/** So much must stand before a `*`: the host and the owner, each to its end. */
const OWNED = /^https:\/\/[^/]+\/[^/]+\//;

/**
 * Reads an identity. A `*` at its end stands for anything, because the address of a workflow ends in the tag or
 * branch that it ran on; before it must stand the host and the owner, since whoever may sign must not be everybody.
 * @returns undefined if it is none
 */
export function parseIdentity(text: string): string | undefined {
  const identity = text.trim();
  if (identity === '' || identity.length > LONGEST || /\s/.test(identity)) return undefined;
  const star = identity.indexOf('*');
  if (star < 0) return identity;
  return star === identity.length - 1 && OWNED.test(identity) ? identity : undefined;
}

/** Reads the address of an OpenID provider, as it stands in certificates: compared letter by letter. */
export function parseIssuer(text: string): string | undefined {
  const issuer = text.trim();
  return issuer.length <= LONGEST && !/\s/.test(issuer) && /^https:\/\/./.test(issuer) && URL.canParse(issuer)
    ? issuer
    : undefined;
}

/** Whether somebody is the one that is asked for. */
export function isSigner(wanted: Signer, found: Signer): boolean {
  if (found.issuer !== wanted.issuer) return false;
  return wanted.identity.endsWith('*')
    ? found.identity.startsWith(wanted.identity.slice(0, -1))
    : found.identity === wanted.identity;
}
