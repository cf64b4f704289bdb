import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Digest } from '../../../src/image/digest.ts';
import {
  IDENTITY,
  ISSUER,
  type MemoryRepository,
  memoryRepository,
  newKey,
  payloadFor,
  type Signing,
  signBundle,
  signSimple,
  statementFor,
} from '../../support/cosign-signature.ts';
import { BY_KEY, BY_SIGNER, found as foundBy, type Trusting } from '../../support/signature-check.ts';
import { type Sigstore, startSigstore } from '../../support/sigstore.ts';

const newDigest = () => `sha256:${randomBytes(32).toString('hex')}` as Digest;
const KEYS = newKey();
let sigstore: Sigstore;
let other: Sigstore;
let expired: Sigstore;
beforeAll(async () => {
  sigstore = await startSigstore();
  other = await startSigstore();
  expired = await startSigstore({ certifiedAt: new Date(Date.now() - 3_600_000) });
});
afterAll(() => Promise.all([sigstore, other, expired].map(each => each.close())));

const found = (source: MemoryRepository, digest: Digest, demand: typeof BY_KEY, trusting: Trusting = {}) =>
  foundBy(source, digest, demand, { keys: [KEYS.publicKey], root: sigstore.trustedRoot(), ...trusting });

/** Every way in which a signature is kept, with what both need. */
const WAYS: readonly (readonly [
  string,
  (digest: Digest, signing: Signing, of?: string) => Promise<MemoryRepository>,
])[] = [
  [
    'a layer under a tag',
    async (digest, signing, of = digest) => {
      const repository = memoryRepository();
      repository.tag(digest, await signSimple(payloadFor(of), signing));
      return repository;
    },
  ],
  [
    'a bundle that refers to it',
    async (digest, signing, of = digest) => {
      const repository = memoryRepository();
      repository.refer(digest, await signBundle(statementFor(of), signing));
      return repository;
    },
  ],
];

describe.each(WAYS)('a signature in %s', (_way, publish) => {
  it('counts where the key is the right one, and says which', async () => {
    const digest = newDigest();
    const repository = await publish(digest, { key: KEYS.privateKey });
    expect(await found(repository, digest, BY_KEY)).toMatch(
      /^signed by the key in cosign\.pub \([0-9a-f]{12}\)$/,
    );
    expect(await found(repository, digest, BY_KEY, { keys: [newKey().publicKey, KEYS.publicKey] })).toMatch(
      /^signed by/,
    );
  });

  it('does not count by another key', async () => {
    const digest = newDigest();
    const repository = await publish(digest, { key: newKey().privateKey });
    expect(await found(repository, digest, BY_KEY)).toBe(
      `the signature of the offered image ${digest.slice(7, 19)} does not count, and a signature by the key in cosign.pub is required: it was made with another key, or changed since`,
    );
  });

  it('does not count for another digest than it was made of', async () => {
    const [digest, signed] = [newDigest(), newDigest()];
    const repository = await publish(digest, { key: KEYS.privateKey }, signed);
    expect(await found(repository, digest, BY_KEY)).toContain(
      `: it is a signature of another digest (${signed})`,
    );
    const keyless = await publish(digest, { sigstore }, signed);
    expect(await found(keyless, digest, BY_SIGNER)).toContain(
      `: it is a signature of another digest (${signed})`,
    );
  });

  it('counts where the right one was certified, with a log entry, a timestamp, or both', async () => {
    const digest = newDigest();
    for (const proofs of [['log'], ['log', 'timestamp']] as const) {
      const repository = await publish(digest, { sigstore, proofs });
      expect(await found(repository, digest, BY_SIGNER)).toBe(`signed by ${IDENTITY} (${ISSUER})`);
    }
    // An authority without a transparency log: a timestamp is proof enough.
    const stamped = await publish(digest, { sigstore, proofs: ['timestamp'] });
    const root = sigstore.trustedRoot(['ctlogs', 'timestampAuthorities']);
    expect(await found(stamped, digest, BY_SIGNER, { root })).toMatch(/^signed by/);
    expect(await found(stamped, digest, BY_SIGNER)).toContain('no transparency log that is trusted');
  });

  it('does not count by anybody else, however like his name', async () => {
    const digest = newDigest();
    const names = [
      IDENTITY.toUpperCase(),
      `${IDENTITY}.evil`,
      `evil.${IDENTITY}`,
      IDENTITY.replaceAll('.', 'x'),
    ];
    for (const identity of names) {
      const repository = await publish(digest, { sigstore, identity });
      expect(await found(repository, digest, BY_SIGNER)).toContain(
        `: it was signed by ${identity} (${ISSUER})`,
      );
    }
    for (const issuer of [`${ISSUER}.evil`, `${ISSUER}/`, 'https://other.test']) {
      const repository = await publish(digest, { sigstore, issuer });
      expect(await found(repository, digest, BY_SIGNER)).toContain(
        `: it was signed by ${IDENTITY} (${issuer})`,
      );
    }
  });

  it('names the one who signed where any of an owner may', async () => {
    const digest = newDigest();
    const signer = { identity: 'https://git.test/me/*', issuer: ISSUER };
    const repository = await publish(digest, { sigstore });
    expect(await found(repository, digest, { kind: 'keyless', signer, rootFile: 'root.json' })).toBe(
      `signed by ${IDENTITY} (${ISSUER})`,
    );
    const foreign = await publish(digest, { sigstore, identity: 'https://git.test/me-too/app' });
    expect(await found(foreign, digest, { kind: 'keyless', signer, rootFile: 'root.json' })).toContain(
      'it was signed by https://git.test/me-too/app',
    );
  });

  it.each<[string, () => Signing, RegExp]>([
    ['nothing in a log', () => ({ sigstore, proofs: [] }), /nothing that is trusted proves when it was made/],
    [
      'a certificate by a foreign authority',
      () => ({ sigstore: other }),
      /nothing that is trusted proves when/,
    ],
    [
      'a certificate that had run out',
      () => ({ sigstore: expired }),
      /certificate does not come from who is trusted, or was not valid/,
    ],
    ['no certificate', () => ({ key: KEYS.privateKey }), /it was made with a key, and brings no certificate/],
  ])('does not count with %s', async (name, signing, reason) => {
    const digest = newDigest();
    const repository = await publish(digest, signing());
    const root = name.includes('run out') ? expired.trustedRoot() : sigstore.trustedRoot();
    expect(await found(repository, digest, BY_SIGNER, { root })).toMatch(reason);
  });

  it('does not count by a certificate of a foreign authority, though the log and the time are ours', async () => {
    const digest = newDigest();
    const mixed: Sigstore = { ...sigstore, certify: other.certify };
    const repository = await publish(digest, { sigstore: mixed });
    expect(await found(repository, digest, BY_SIGNER)).toMatch(
      /certificate does not come from who is trusted/,
    );
  });

  it('does not count by a certificate that no log of certificates knows', async () => {
    const digest = newDigest();
    const repository = await publish(digest, { sigstore });
    const unlisted = await startSigstore({ unlisted: true });
    onTestFinished(() => unlisted.close());
    const missing = await publish(digest, { sigstore: unlisted });
    const listed = unlisted.trustedRoot();
    expect(await found(missing, digest, BY_SIGNER, { root: listed })).toMatch(
      /certificate does not come from/,
    );
    // An authority that keeps no such log.
    const unlogged = unlisted.trustedRoot(['tlogs', 'timestampAuthorities']);
    expect(await found(missing, digest, BY_SIGNER, { root: unlogged })).toMatch(/^signed by/);
    const root = { ...sigstore.trustedRoot(), ctlogs: Object(other.trustedRoot()).ctlogs };
    expect(await found(repository, digest, BY_SIGNER, { root })).toMatch(/certificate does not come from/);
  });

  it('does not count with a foreign entry or timestamp', async () => {
    const digest = newDigest();
    const logged = await publish(digest, { sigstore: { ...sigstore, log: other.log } });
    expect(await found(logged, digest, BY_SIGNER)).toMatch(/no transparency log that is trusted/);
    const stamped = await publish(digest, { sigstore: { ...sigstore, timestamp: other.timestamp } });
    expect(await found(stamped, digest, BY_SIGNER)).toMatch(/nothing that is trusted proves when/);
  });
});
