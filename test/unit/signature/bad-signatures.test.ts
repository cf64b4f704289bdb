import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Digest } from '../../../src/image/digest.ts';
import {
  memoryRepository,
  newKey,
  payloadFor,
  type SimpleSignature,
  signBundle,
  signSimple,
  statementFor,
} from '../../support/cosign-signature.ts';
import { BY_KEY, BY_SIGNER, found } from '../../support/signature-check.ts';
import { type Sigstore, startSigstore } from '../../support/sigstore.ts';

const DIGEST = `sha256:${'a'.repeat(64)}` as Digest;
const TAG = `sha256-${'a'.repeat(64)}.sig`;
const { publicKey, privateKey } = newKey();
const TRUSTING = { keys: [publicKey] };

let sigstore: Sigstore;
beforeAll(async () => {
  sigstore = await startSigstore();
});
afterAll(() => sigstore.close());

type Json = Record<string, never>;
/** Changes one byte of base64 text, so that it stays base64: the one in the middle, or the last. */
function bend(base64: string, where: 'middle' | 'end' = 'middle'): string {
  const bytes = Buffer.from(base64, 'base64');
  const index = where === 'end' ? bytes.length - 1 : Math.floor(bytes.length / 2);
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  return bytes.toString('base64');
}
const bendIn = (key: string, where?: 'end') => (text: string) =>
  JSON.stringify(JSON.parse(text), (name, value) => (name === key ? bend(value, where) : value));

describe('a layer that was tampered with', () => {
  let whole: SimpleSignature;
  beforeAll(async () => {
    whole = await signSimple(payloadFor(DIGEST), { sigstore });
  });
  const CERTIFICATE = 'dev.sigstore.cosign/certificate';
  const SIGNATURE = 'dev.cosignproject.cosign/signature';
  const ENTRY = 'dev.sigstore.cosign/bundle';
  const STAMP = 'dev.sigstore.cosign/rfc3161timestamp';
  const annotate = (key: string, change: (text: string) => string) => (signature: SimpleSignature) => ({
    ...signature,
    annotations: { ...signature.annotations, [key]: change(signature.annotations[key] ?? '') },
  });
  const bendPem = (pem: string) => {
    const [, base64 = ''] = /-\n([\s\S]*?)\n-/.exec(pem) ?? [];
    return `-----BEGIN CERTIFICATE-----\n${bend(base64)}\n-----END CERTIFICATE-----\n`;
  };

  it.each<[string, (signature: SimpleSignature) => SimpleSignature]>([
    [
      'in its payload',
      ({ payload, ...rest }) => ({ ...rest, payload: Buffer.concat([payload, Buffer.from(' ')]) }),
    ],
    ['in its signature', annotate(SIGNATURE, bend)],
    ['in its certificate', annotate(CERTIFICATE, bendPem)],
    ['in the body of its log entry', annotate(ENTRY, bendIn('body'))],
    ['in the signature of its log entry', annotate(ENTRY, bendIn('SignedEntryTimestamp'))],
    [
      'in the time of its log entry',
      annotate(ENTRY, text => text.replace(/"integratedTime":\d/, '"integratedTime":2')),
    ],
    ['in its timestamp', annotate(STAMP, bendIn('SignedRFC3161Timestamp', 'end'))],
    ['by an empty signature', annotate(SIGNATURE, () => '')],
    ['by a certificate that is none', annotate(CERTIFICATE, () => 'garbage')],
    ['by a log entry that is none', annotate(ENTRY, () => '{}')],
    ['by a timestamp that is none', annotate(STAMP, () => '[]')],
  ])('does not count %s', async (_where, tamper) => {
    const repository = memoryRepository();
    repository.tag(DIGEST, whole);
    const trusting = { root: sigstore.trustedRoot() };
    expect(await found(repository, DIGEST, BY_SIGNER, trusting)).toMatch(/^signed by/);
    repository.tag(DIGEST, tamper(whole));
    expect(await found(repository, DIGEST, BY_SIGNER, trusting)).toMatch(
      /^the signature of .* does not count/,
    );
  });

  it('does not count with the parts of two good ones', async () => {
    const other = await signSimple(payloadFor(DIGEST), { sigstore });
    for (const key of [CERTIFICATE, SIGNATURE, ENTRY, STAMP]) {
      const repository = memoryRepository();
      repository.tag(DIGEST, annotate(key, () => other.annotations[key] ?? '')(whole));
      expect(await found(repository, DIGEST, BY_SIGNER, { root: sigstore.trustedRoot() })).toMatch(
        /does not count/,
      );
    }
  });
});

describe('a bundle that was tampered with', () => {
  let whole: object;
  beforeAll(async () => {
    whole = await signBundle(statementFor(DIGEST), { sigstore });
  });
  /** Goes down a path of a JSON value and puts what comes of its end in the place of that. */
  const at = (path: string, change: (value: string) => unknown) => (bundle: object) => {
    const copy = structuredClone(bundle) as Json;
    const names = path.split('.');
    const last = names.pop() ?? '';
    const holder = names.reduce<Json>((value, name) => value[name] as unknown as Json, copy);
    holder[last] = change(holder[last] as unknown as string) as never;
    return copy;
  };
  const entry = 'verificationMaterial.tlogEntries.0';
  const stamp = 'verificationMaterial.timestampVerificationData.rfc3161Timestamps.0.signedTimestamp';

  it.each<[string, (bundle: object) => object]>([
    ['in its payload', at('dsseEnvelope.payload', bend)],
    ['in the type of its payload', at('dsseEnvelope.payloadType', () => 'application/json')],
    ['in its signature', at('dsseEnvelope.signatures.0.sig', bend)],
    ['in its certificate', at('verificationMaterial.certificate.rawBytes', bend)],
    ['in the body of its log entry', at(`${entry}.canonicalizedBody`, bend)],
    ['in the signature of its log entry', at(`${entry}.inclusionPromise.signedEntryTimestamp`, bend)],
    ['in the time of its log entry', at(`${entry}.integratedTime`, () => '1700000000')],
    ['in the proof that it is in its log', at(`${entry}.inclusionProof.hashes`, () => [bend('AAAA')])],
    [
      'in the checkpoint of its log',
      at(`${entry}.inclusionProof.checkpoint.envelope`, text => text.replace('\n1\n', '\n2\n')),
    ],
    ['in the kind of its log entry', at(`${entry}.kindVersion.kind`, () => 'hashedrekord')],
    ['in its timestamp', at(stamp, text => bend(text, 'end'))],
    ['by a media type that is none', at('mediaType', () => 'application/json')],
    ['by no signature', at('dsseEnvelope.signatures', () => [])],
    ['by two signatures', at('dsseEnvelope.signatures', ([one]) => [one, one])],
    ['by no content', at('dsseEnvelope', () => undefined)],
    ['by no material', at('verificationMaterial', () => undefined)],
    ['by a certificate that is none', at('verificationMaterial.certificate.rawBytes', () => 'AAAA')],
    ['by a body that is no JSON', at(`${entry}.canonicalizedBody`, () => 'AAAA')],
    [
      'by a name of a log that takes for ever',
      at(`${entry}.inclusionProof.checkpoint.envelope`, text =>
        text.replace(/\u2014 \S+/, '\u2014 (((.*)*)*)*x'),
      ),
    ],
  ])('does not count %s', async (_where, tamper) => {
    const repository = memoryRepository();
    const trusting = { root: sigstore.trustedRoot() };
    repository.refer(DIGEST, tamper(whole));
    expect(await found(repository, DIGEST, BY_SIGNER, trusting)).toMatch(
      /^the signature of .* does not count/,
    );
    repository.refer(DIGEST, whole);
    expect(await found(repository, DIGEST, BY_SIGNER, trusting)).toMatch(/^signed by/);
  });

  it('does not count where it says something else of the image than that it is signed', async () => {
    const repository = memoryRepository();
    repository.refer(
      DIGEST,
      await signBundle(statementFor(DIGEST, 'https://slsa.dev/provenance/v1'), { key: privateKey }),
    );
    expect(await found(repository, DIGEST, BY_KEY, TRUSTING)).toMatch(
      /: it does not vouch for an image: predicateType/,
    );
  });

  it('does not count where something else than a statement was signed', async () => {
    const repository = memoryRepository();
    const key = { key: privateKey };
    repository.refer(DIGEST, await signBundle(statementFor(DIGEST), key, 'application/json'));
    expect(await found(repository, DIGEST, BY_KEY, TRUSTING)).toMatch(
      /it holds something else than a signature of an image/,
    );
  });

  it('does not count where it is a signature of a file', async () => {
    const { annotations, payload } = await signSimple(payloadFor(DIGEST), { key: privateKey });
    const repository = memoryRepository();
    repository.refer(DIGEST, {
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: { publicKey: { hint: '' } },
      messageSignature: {
        messageDigest: {
          algorithm: 'SHA2_256',
          digest: Buffer.from(DIGEST.slice(7), 'hex').toString('base64'),
        },
        signature: annotations['dev.cosignproject.cosign/signature'],
      },
      payload: payload.toString('base64'),
    });
    expect(await found(repository, DIGEST, BY_KEY, TRUSTING)).toMatch(
      /it is a signature of a file, not of an image/,
    );
  });
});

describe('what is in the place of signatures', () => {
  const good = () => signSimple(payloadFor(DIGEST), { key: privateKey });

  it('is told from none at all', async () => {
    expect(await found(memoryRepository(), DIGEST, BY_KEY, TRUSTING)).toBe(
      'the offered image aaaaaaaaaaaa is not signed, and a signature by the key in cosign.pub is required',
    );
  });

  it.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['text', 'garbage'],
    ['null', 'null'],
    ['a list', '[]'],
    ['another object', '{"a":1}'],
    ['layers that are none', '{"layers":[1,null,"x"]}'],
    ['an index', JSON.stringify({ manifests: [{ digest: DIGEST }] })],
    ['deep JSON', '['.repeat(100_000)],
    ['random bytes', randomBytes(10_000)],
  ])('may be %s, and does not count', async (_what, bytes) => {
    const repository = memoryRepository();
    repository.manifests.set(TAG, Buffer.from(bytes));
    expect(await found(repository, DIGEST, BY_KEY, TRUSTING)).toMatch(
      /does not count.*manifest is not understood/,
    );
    repository.refer(DIGEST, bytes.toString());
    expect(await found(repository, DIGEST, BY_KEY, TRUSTING)).toMatch(/^none of 2 signatures/);
  });

  it('may be layers of other kinds, which are no signatures', async () => {
    const repository = memoryRepository();
    const layer = { mediaType: 'application/vnd.cyclonedx+json', digest: DIGEST, size: 1 };
    repository.manifests.set(TAG, Buffer.from(JSON.stringify({ layers: [layer] })));
    expect(await found(repository, DIGEST, BY_KEY, TRUSTING)).toMatch(/is not signed/);
  });

  it.each<[string, string]>([
    ['no JSON', 'garbage'],
    ['of another type', payloadFor(DIGEST, 'atomic container signature').toString()],
    ['of no digest', payloadFor('').toString()],
    ['of a digest in other letters', payloadFor(DIGEST.toUpperCase()).toString()],
  ])('may be a payload that is %s, signed as it should be, and does not count', async (_what, payload) => {
    const repository = memoryRepository();
    repository.tag(DIGEST, await signSimple(Buffer.from(payload), { key: privateKey }));
    expect(await found(repository, DIGEST, BY_KEY, TRUSTING)).toMatch(/^the signature of .* does not count/);
  });

  it('may be far too long, or missing', async () => {
    const repository = memoryRepository();
    repository.tag(DIGEST, await signSimple(Buffer.alloc(300_000, ' '), { key: privateKey }));
    expect(await found(repository, DIGEST, BY_KEY, TRUSTING)).toMatch(/: it is missing, or far too long$/);
    repository.blobs.clear();
    expect(await found(repository, DIGEST, BY_KEY, TRUSTING)).toMatch(/: it is missing, or far too long$/);
  });

  it('may be many, of which one is good', async () => {
    const bad = await signSimple(payloadFor(DIGEST), { key: newKey().privateKey });
    const foreign = await signSimple(payloadFor(`sha256:${'b'.repeat(64)}`), { key: privateKey });
    const repository = memoryRepository();
    repository.tag(
      DIGEST,
      bad,
      foreign,
      await signSimple(Buffer.from('x'), { key: privateKey }),
      await good(),
    );
    expect(await found(repository, DIGEST, BY_KEY, TRUSTING)).toMatch(/^signed by/);
    repository.tag(DIGEST, bad, bad, foreign);
    expect(await found(repository, DIGEST, BY_KEY, TRUSTING)).toBe(
      `none of 3 signatures of the offered image aaaaaaaaaaaa counts, and a signature by the key in cosign.pub is required: it was made with another key, or changed since; it is a signature of another digest (sha256:${'b'.repeat(64)})`,
    );
    repository.refer(DIGEST, 'garbage');
    repository.refer(DIGEST, await signBundle(statementFor(DIGEST), { key: privateKey }));
    expect(await found(repository, DIGEST, BY_KEY, TRUSTING)).toMatch(/^signed by/);
  });

  it('may be too many to look at each', async () => {
    const bad = await signSimple(payloadFor(DIGEST), { key: newKey().privateKey });
    const repository = memoryRepository();
    repository.tag(DIGEST, ...Array.from({ length: 50 }, () => bad), await good());
    expect(await found(repository, DIGEST, BY_KEY, TRUSTING)).toContain(
      'there are more than 50, so the rest was not looked at',
    );
    repository.tag(DIGEST, ...Array.from({ length: 49 }, () => bad), await good());
    expect(await found(repository, DIGEST, BY_KEY, TRUSTING)).toMatch(/^signed by/);
  });

  it('reaches no terminal as it is', async () => {
    const repository = memoryRepository();
    const evil = '\u001b[31mred\nline\u202e';
    repository.tag(DIGEST, await signSimple(payloadFor(evil), { key: privateKey }));
    expect(await found(repository, DIGEST, BY_KEY, TRUSTING)).toMatch(/\(red line\)$/);
    const identity = `https://git.test/${'x'.repeat(5000)}`;
    repository.tag(DIGEST, await signSimple(payloadFor(DIGEST), { sigstore, identity }));
    const told = await found(repository, DIGEST, BY_SIGNER, { root: sigstore.trustedRoot() });
    expect(told).toMatch(/x… \(https:\/\/issuer\.test\)$/);
    expect(told.length).toBeLessThan(600);
  });
});
