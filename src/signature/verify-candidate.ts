import { createHash, type KeyObject } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import type { SignedEntity, TrustMaterial } from '@sigstore/verify';
import { cleanText } from '../base/clean-text.ts';
import type { Digest } from '../image/digest.ts';
import { isSigner } from '../image/signer.ts';
import type { Candidate } from './candidate.ts';
import { digestInPayload, digestsInStatement } from './signed-digest.ts';
import type { Trust } from './trust.ts';

const NOT_UNDERSTOOD: Finding = { refusal: 'it is not understood' };
const OTHER_KEY = 'it was made with another key, or changed since';
const IN_TOTO = 'application/vnd.in-toto+json';

/** Whose signature it is, or why it does not count: words without a full stop. */
export type Finding = { readonly by: string } | { readonly refusal: string };

/** Finds out whether a candidate is a signature of exactly that digest, by whom it must be from. */
export async function verifyCandidate(candidate: Candidate, digest: Digest, trust: Trust): Promise<Finding> {
  const { bundleFromJSON } = await import('@sigstore/bundle');
  const { toSignedEntity } = await import('@sigstore/verify');
  let bundle: Bundle;
  let entity: SignedEntity;
  try {
    bundle = bundleFromJSON(candidate.bundle);
    if (!hasPlainCheckpoints(bundle)) return NOT_UNDERSTOOD;
    entity = toSignedEntity(bundle, candidate.payload);
  } catch {
    // Whatever the library stumbles over in what somebody else wrote.
    return NOT_UNDERSTOOD;
  }
  const digests = digestsSigned(bundle, candidate.payload);
  if (typeof digests === 'string') return { refusal: digests };
  if (!digests.includes(digest)) {
    const named = cleanText(digests[0] ?? '', 80) || 'none';
    return { refusal: `it is a signature of another digest (${named})` };
  }
  return trust.kind === 'key' ? verifyByKey(entity, trust) : verifyBySigner(entity, trust);
}

/** The digests that it is about, or why it is about none. */
function digestsSigned(bundle: Bundle, payload: Buffer | undefined): readonly string[] | string {
  if (bundle.content.$case === 'messageSignature') {
    if (payload === undefined) return 'it is a signature of a file, not of an image';
    const read = digestInPayload(payload.toString());
    return read.ok ? read.value : `its payload is not understood: ${read.problem}`;
  }
  const { payloadType, payload: statement } = bundle.content.dsseEnvelope;
  if (payloadType !== IN_TOTO) return 'it holds something else than a signature of an image';
  const read = digestsInStatement(statement.toString());
  return read.ok ? read.value : `it does not vouch for an image: ${read.problem}`;
}

/** The key alone decides; what else a signature may bring, such as an entry in a log, is not needed and not looked at. */
async function verifyByKey(
  entity: SignedEntity,
  { keyFile, keys }: Extract<Trust, { kind: 'key' }>,
): Promise<Finding> {
  const { Verifier } = await import('@sigstore/verify');
  const bare: SignedEntity = {
    signature: entity.signature,
    key: { $case: 'public-key', hint: '' },
    tlogEntries: [],
    timestamps: [],
  };
  for (const publicKey of keys) {
    const material: TrustMaterial = {
      certificateAuthorities: [],
      timestampAuthorities: [],
      tlogs: [],
      ctlogs: [],
      publicKey: () => ({ publicKey, validFor: () => true }),
    };
    try {
      new Verifier(material, { tlogThreshold: 0, timestampThreshold: 0, ctlogThreshold: 0 }).verify(bare);
      return { by: `the key in ${keyFile} (${fingerprint(publicKey)})` };
    } catch {
      // By another key, then; perhaps by the next.
    }
  }
  return { refusal: OTHER_KEY };
}

/** Twelve hex digits of the SHA-256 of the key itself: enough to tell one key from another. */
function fingerprint(key: KeyObject): string {
  const der = key.export({ format: 'der', type: 'spki' });
  return createHash('sha256').update(der).digest('hex').slice(0, 12);
}

/** What the root has is required: of one with transparency logs an entry, of one with certificate logs a receipt. */
async function verifyBySigner(
  entity: SignedEntity,
  { signer, root }: Extract<Trust, { kind: 'keyless' }>,
): Promise<Finding> {
  if (entity.key.$case !== 'certificate')
    return { refusal: 'it was made with a key, and brings no certificate' };
  const { Verifier } = await import('@sigstore/verify');
  let identity: { subjectAlternativeName?: string; extensions?: { issuer?: string } } | undefined;
  try {
    identity = new Verifier(root, {
      tlogThreshold: root.tlogs.length > 0 ? 1 : 0,
      ctlogThreshold: root.ctlogs.length > 0 ? 1 : 0,
      timestampThreshold: 1,
    }).verify(entity).identity;
  } catch (error) {
    return { refusal: refusalOf(error) };
  }
  const found = {
    identity: identity?.subjectAlternativeName ?? '',
    issuer: identity?.extensions?.issuer ?? '',
  };
  const words = `${cleanText(found.identity || 'nobody', 200)} (${cleanText(found.issuer || 'no issuer', 100)})`;
  return isSigner(signer, found) ? { by: words } : { refusal: `it was signed by ${words}` };
}

const REFUSALS: readonly { readonly when: RegExp; readonly say: string }[] = [
  { when: /^SIGNATURE_/, say: OTHER_KEY },
  {
    when: /^CERTIFICATE_/,
    say: 'its certificate does not come from who is trusted, or was not valid when it was used',
  },
  { when: /^TIMESTAMP_/, say: 'nothing that is trusted proves when it was made' },
  { when: /^TLOG_/, say: 'no transparency log that is trusted proves that it was made known' },
];

function refusalOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REFUSALS.find(({ when }) => when.test(code))?.say ?? 'it is not understood';
}

/** The library makes a regular expression of a log's name, and whoever signs could write one that takes for ever. */
function hasPlainCheckpoints({ verificationMaterial }: Bundle): boolean {
  return verificationMaterial.tlogEntries.every(({ inclusionProof }) => {
    const envelope = inclusionProof?.checkpoint?.envelope ?? '';
    return [...envelope.matchAll(/\u2014 (\S+) /g)].every(([, name = '']) => /^[\w.:/-]+$/.test(name));
  });
}
