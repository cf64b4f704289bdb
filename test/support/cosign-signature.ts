import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Digest } from '../../src/image/digest.ts';
import type { SignatureSource } from '../../src/signature/find-candidates.ts';
import { sha256 } from './image.ts';
import { type LogEntry, pemOf, type Sigstore, sha256Of } from './sigstore.ts';

/** Who signs: with a key of his own, or for a moment with one that a Sigstore certifies. */
export interface Signing {
  readonly key?: KeyObject;
  readonly sigstore?: Sigstore;
  readonly identity?: string;
  readonly issuer?: string;
  /** What proves when it was made; both, if left out. */
  readonly proofs?: readonly ('log' | 'timestamp')[];
}

export const IDENTITY = 'https://git.test/me/app/.ci/release.yml@refs/tags/v2';
export const ISSUER = 'https://issuer.test';

export const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** A signature as cosign 2 keeps it: a payload, and annotations of the layer that it is. */
export interface SimpleSignature {
  readonly payload: Buffer;
  readonly annotations: Record<string, string>;
}

/** What is signed for a digest (simple signing). */
export function payloadFor(digest: string, type = 'cosign container image signature'): Buffer {
  const image = { 'docker-manifest-digest': digest };
  return Buffer.from(
    JSON.stringify({
      critical: { identity: { 'docker-reference': 'registry.test/app' }, image, type },
      optional: null,
    }),
  );
}

export async function signSimple(payload: Buffer, signing: Signing): Promise<SimpleSignature> {
  const { signature, certificate, publicKey } = await signBytes(payload, signing);
  const annotations: Record<string, string> = {
    'dev.cosignproject.cosign/signature': signature.toString('base64'),
  };
  if (certificate === undefined || signing.sigstore === undefined) return { payload, annotations };
  const proofs = signing.proofs ?? ['log', 'timestamp'];
  annotations['dev.sigstore.cosign/certificate'] = pemOf(certificate);
  annotations['dev.sigstore.cosign/chain'] = signing.sigstore.pem.ca;
  if (proofs.includes('log')) {
    const entry = await signing.sigstore.log({
      kind: 'hashedrekord',
      apiVersion: '0.0.1',
      spec: {
        data: { hash: { algorithm: 'sha256', value: sha256Of(payload).toString('hex') } },
        signature: { content: signature.toString('base64'), publicKey: { content: publicKey } },
      },
    });
    const { body, integratedTime, logIndex, logID } = entry;
    annotations['dev.sigstore.cosign/bundle'] = JSON.stringify({
      SignedEntryTimestamp: entry.verification.signedEntryTimestamp,
      Payload: { body, integratedTime, logIndex, logID },
    });
  }
  if (proofs.includes('timestamp'))
    annotations['dev.sigstore.cosign/rfc3161timestamp'] = JSON.stringify({
      SignedRFC3161Timestamp: (await signing.sigstore.timestamp(signature)).toString('base64'),
    });
  return { payload, annotations };
}

/** What is signed for a digest (in-toto). */
export function statementFor(digest: string, predicateType = 'https://sigstore.dev/cosign/sign/v1'): Buffer {
  const [algorithm = '', hex] = digest.split(':');
  return Buffer.from(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ digest: { [algorithm]: hex }, annotations: {} }],
      predicateType,
      predicate: {},
    }),
  );
}

/** A signature as cosign 3 keeps it (Sigstore bundle 0.3 with a DSSE envelope). */
export async function signBundle(
  statement: Buffer,
  signing: Signing,
  payloadType = 'application/vnd.in-toto+json',
) {
  const encoded = Buffer.from(
    `DSSEv1 ${payloadType.length} ${payloadType} ${statement.length} ${statement.toString()}`,
  );
  const { signature, certificate, publicKey } = await signBytes(encoded, signing);
  const dsseEnvelope = {
    payload: statement.toString('base64'),
    payloadType,
    signatures: [{ sig: signature.toString('base64') }],
  };
  const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
  const { sigstore, proofs = ['log', 'timestamp'] } = signing;
  if (certificate === undefined || sigstore === undefined)
    return { mediaType, verificationMaterial: { publicKey: { hint: '' } }, dsseEnvelope };
  const proposedContent = { envelope: JSON.stringify(dsseEnvelope), verifiers: [publicKey] };
  const entry = { kind: 'dsse', apiVersion: '0.0.1', spec: { proposedContent } };
  return {
    mediaType,
    verificationMaterial: {
      certificate: { rawBytes: certificate.toString('base64') },
      tlogEntries: proofs.includes('log') ? [tlogEntryOf(await sigstore.log(entry))] : [],
      timestampVerificationData: {
        rfc3161Timestamps: proofs.includes('timestamp')
          ? [{ signedTimestamp: (await sigstore.timestamp(signature)).toString('base64') }]
          : [],
      },
    },
    dsseEnvelope,
  };
}

function tlogEntryOf({ body, integratedTime, logIndex, logID, verification }: LogEntry) {
  const { kind, apiVersion } = JSON.parse(Buffer.from(body, 'base64').toString());
  const { checkpoint, hashes, rootHash, treeSize, logIndex: leaf } = verification.inclusionProof;
  return {
    logIndex: String(logIndex),
    logId: { keyId: Buffer.from(logID, 'hex').toString('base64') },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(integratedTime),
    inclusionPromise: { signedEntryTimestamp: verification.signedEntryTimestamp },
    inclusionProof: {
      logIndex: String(leaf),
      treeSize: String(treeSize),
      rootHash: Buffer.from(rootHash, 'hex').toString('base64'),
      hashes: hashes.map(each => Buffer.from(each, 'hex').toString('base64')),
      checkpoint: { envelope: checkpoint },
    },
    canonicalizedBody: body,
  };
}

async function signBytes(bytes: Buffer, { key, sigstore, identity, issuer }: Signing) {
  if (key !== undefined || sigstore === undefined)
    return { signature: sign('sha256', bytes, key ?? newKey().privateKey) };
  const { publicKey, privateKey } = newKey();
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const certificate = await sigstore.certify(der, identity ?? IDENTITY, issuer ?? ISSUER);
  const base64 = Buffer.from(pemOf(certificate)).toString('base64');
  return { signature: sign('sha256', bytes, privateKey), certificate, publicKey: base64 };
}

/** A repository that holds signatures and nothing else. */
export interface MemoryRepository extends SignatureSource {
  /** Puts signatures under the tag that cosign 2 looks at; each takes the place of those before. */
  tag(digest: Digest, ...signatures: readonly SimpleSignature[]): void;
  /** Adds a bundle that belongs to a digest. */
  refer(digest: Digest, bundle: object | string): void;
  readonly manifests: Map<string, Buffer>;
  readonly blobs: Map<string, Buffer>;
}

export function memoryRepository(): MemoryRepository {
  const manifests = new Map<string, Buffer>();
  const blobs = new Map<string, Buffer>();
  const referrers = new Map<string, Digest[]>();
  const layer = (mediaType: string, bytes: Buffer, annotations?: Record<string, string>) => {
    const digest = sha256(bytes) as Digest;
    blobs.set(digest, bytes);
    return { mediaType, size: bytes.length, digest, ...(annotations && { annotations }) };
  };
  const manifestOf = (layers: readonly object[]) => Buffer.from(JSON.stringify({ schemaVersion: 2, layers }));
  return {
    manifests,
    blobs,
    tag: (digest, ...signatures) => {
      const layers = signatures.map(({ payload, annotations }) =>
        layer('application/vnd.dev.cosign.simplesigning.v1+json', payload, annotations),
      );
      manifests.set(`${digest.replace(':', '-')}.sig`, manifestOf(layers));
    },
    refer: (digest, bundle) => {
      const text = typeof bundle === 'string' ? bundle : JSON.stringify(bundle);
      const manifest = manifestOf([
        layer('application/vnd.dev.sigstore.bundle.v0.3+json', Buffer.from(text)),
      ]);
      const name = sha256(manifest) as Digest;
      manifests.set(name, manifest);
      referrers.set(digest, [...(referrers.get(digest) ?? []), name]);
    },
    manifest: async name => manifests.get(name),
    referrers: async digest => referrers.get(digest) ?? [],
    blob: async (digest, limit) => {
      const bytes = blobs.get(digest);
      return bytes === undefined || bytes.length > limit ? undefined : bytes;
    },
  };
}
