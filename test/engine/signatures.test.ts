import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerReport } from '../../src/run/report.ts';
import { type Cosign, openCosign } from '../support/cosign.ts';
import {
  IDENTITY,
  ISSUER,
  newKey,
  payloadFor,
  signBundle,
  signSimple,
  statementFor,
} from '../support/cosign-signature.ts';
import { type DebianRegistry, startDebianRegistry } from '../support/debian-registry.ts';
import { Lab } from '../support/lab.ts';
import { publish } from '../support/publish.ts';
import { publishArtifact, publishReferrers, retag } from '../support/publish-artifact.ts';
import { buildService } from '../support/service-image.ts';
import { type Sigstore, startSigstore } from '../support/sigstore.ts';

const folder = mkdtempSync(join(tmpdir(), 'refreshd-signatures-'));
const present = ([2, 3] as const).flatMap(version => openCosign(version, join(folder, `${version}`)) ?? []);

let lab: Lab;
let registry: DebianRegistry;
let stopping: Promise<void> | undefined;
let sigstore: Sigstore;
let other: Sigstore;
let expired: Sigstore;

const stopRegistry = () => {
  stopping ??= registry.stop();
  return stopping;
};

beforeAll(async () => {
  lab = await Lab.open();
  await lab.clear();
  registry = await startDebianRegistry({ folder: join(folder, 'registry') });
  sigstore = await startSigstore();
  other = await startSigstore();
  expired = await startSigstore({ certifiedAt: new Date(Date.now() - 3_600_000) });
});
afterAll(async () => {
  await lab.close();
  await Promise.all([stopRegistry(), sigstore.close(), other.close(), expired.close()]);
  rmSync(folder, { recursive: true, force: true });
});

/** A cosign is quick, but thirty of them on a busy machine are not. */
const PATIENCE = 600_000;
const SIMPLE = 'application/vnd.dev.cosign.simplesigning.v1+json';
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const SIGNER = { 'refreshd.verify.identity': IDENTITY, 'refreshd.verify.issuer': ISSUER };
const sigTag = (digest: string) => `${digest.replace(':', '-')}.sig`;
const byDigest = (repository: string, digest: string) => `${registry.host}/${repository}@${digest}`;

const imageOf = (name: string, version: string, labels: Record<string, string> = {}) =>
  buildService({ version, config: { Labels: { name, ...labels } } });

/** A repository with a container on its first image, and a second one that is offered. */
interface Case {
  readonly name: string;
  /** Of the container, by its user. */
  readonly labels?: Record<string, string>;
  /** That both its images bring. */
  readonly imageLabels?: Record<string, string>;
  /** Signs what is offered, or does something else to its signatures. */
  readonly sign: (repository: string, digest: string) => Promise<unknown>;
}

/** Puts a case up and offers the second image. */
async function putUp({ name, labels = {}, imageLabels = {}, sign }: Case): Promise<void> {
  await publish(registry, name, 'latest', await imageOf(name, '1', imageLabels));
  await lab.pull(`${registry.host}/${name}:latest`);
  await lab.run(name, { Image: `${registry.host}/${name}:latest`, Labels: labels }, TAKEN.includes(name));
  const next = await imageOf(name, '2', imageLabels);
  await publish(registry, name, 'latest', next);
  await sign(name, next.digest);
}

/** Of what is offered, in one line each, with the digests left out. */
function outcomes(text: string): Record<string, string> {
  const { containers } = JSON.parse(text) as { containers: ContainerReport[] };
  const line = ({ outcome, reason, signedBy }: ContainerReport) =>
    [outcome, signedBy === undefined ? undefined : `signed by ${signedBy}`, reason]
      .filter(Boolean)
      .join(': ')
      .replaceAll(/\b(sha256:)?[0-9a-f]{12,64}\b/g, 'DIGEST')
      .replaceAll(folder, 'FOLDER')
      .replaceAll(lab.home, 'HOME');
  return Object.fromEntries(containers.map(each => [each.name, line(each)]));
}

/** Signed with keys, one way for each cosign. */
function keyCases(cosign: Cosign, foreignKey: string): readonly Case[] {
  const { version } = cosign;
  const sign = (key: string) => (repository: string, digest: string) =>
    cosign.sign(byDigest(repository, digest), { key });
  const moved = async (repository: string, digest: string) => {
    const another = await imageOf(repository, 'another');
    await publish(registry, repository, 'another', another);
    await sign('own')(repository, another.digest);
    const name = version === 2 ? sigTag : (of: string) => of.replace(':', '-');
    await retag(registry, repository, name(another.digest), name(digest));
  };
  return [
    { name: `signed-${version}`, sign: sign('own') },
    { name: `foreign-key-${version}`, sign: sign('foreign') },
    {
      name: `label-key-${version}`,
      labels: { 'refreshd.verify.key': foreignKey },
      sign: sign('foreign'),
    },
    { name: `moved-${version}`, sign: moved },
    {
      name: `many-${version}`,
      sign: async (...of) => {
        for (const key of ['foreign', 'foreign', 'own']) await sign(key)(...of);
      },
    },
  ];
}

/** Signed by somebody, one way for each cosign. */
function keylessCases(cosign: Cosign): readonly Case[] {
  const { version } = cosign;
  const root = (name: string) => ({ ...SIGNER, 'refreshd.verify.root': `${name}.json` });
  const sign =
    (by: Sigstore, who: { identity?: string; issuer?: string; unproven?: boolean } = {}) =>
    (repository: string, digest: string) =>
      cosign.sign(byDigest(repository, digest), { sigstore: by, identity: IDENTITY, issuer: ISSUER, ...who });
  return [
    { name: `by-him-${version}`, labels: root('root'), sign: sign(sigstore) },
    {
      name: `by-another-${version}`,
      labels: root('root'),
      sign: sign(sigstore, { identity: `${IDENTITY}x` }),
    },
    {
      name: `by-another-issuer-${version}`,
      labels: root('root'),
      sign: sign(sigstore, { issuer: 'https://other.test' }),
    },
    { name: `by-a-foreign-sigstore-${version}`, labels: root('root'), sign: sign(other) },
    ...(version === 2
      ? [
          { name: 'run-out-2', labels: root('expired'), sign: sign(expired) },
          { name: 'unproven-2', labels: root('root'), sign: sign(sigstore, { unproven: true }) },
        ]
      : []),
  ];
}

/** What no cosign would make. */
const CROOKED: readonly Case[] = [
  { name: 'unsigned', sign: async () => undefined },
  {
    name: 'image-says-off',
    imageLabels: { 'refreshd.verify': 'off' },
    sign: async () => undefined,
  },
  { name: 'user-says-off', labels: { 'refreshd.verify': 'off' }, sign: async () => undefined },
  { name: 'no-such-key', labels: { 'refreshd.verify.key': 'missing.pub' }, sign: async () => undefined },
  { name: 'unclear', labels: { 'refreshd.verify': 'maybe' }, sign: async () => undefined },
  {
    name: 'garbage',
    sign: (repository, digest) =>
      publishArtifact(registry, repository, sigTag(digest), [
        { mediaType: SIMPLE, bytes: Buffer.from('garbage') },
        { mediaType: BUNDLE, bytes: Buffer.from('[]') },
        { mediaType: SIMPLE, bytes: Buffer.alloc(2_000_000) },
      ]),
  },
];

/** Those that are running, and are updated in the end, or are not. */
const TAKEN = ['signed-2', 'signed-3', 'by-him-2', 'by-him-3', 'user-says-off'];
const REFUSED = ['unsigned', 'image-says-off', 'foreign-key-2', 'by-another-3'];
const SETTINGS = { REFRESHD_VERIFY: 'key', REFRESHD_VERIFY_KEY: 'cosign.pub' };
const BY_KEY = 'a signature by the key in cosign.pub is required';
const BY_HIM = `a signature by ${IDENTITY} (${ISSUER}) is required`;
const OF = 'the signature of the offered image DIGEST does not count, and';

describe.skipIf(present.length < 2)('with real cosigns and a real registry', () => {
  beforeAll(async () => {
    const [cosign2, cosign3] = present as [Cosign, Cosign];
    const key = await cosign2.makeKey('own');
    const foreignKey = await cosign2.makeKey('foreign');
    for (const name of readdirSync(join(folder, '2')))
      writeFileSync(join(folder, '3', name), readFileSync(join(folder, '2', name)));
    for (const [name, by] of Object.entries({ root: sigstore, expired }))
      writeFileSync(join(lab.home, `${name}.json`), JSON.stringify(by.trustedRoot()));
    writeFileSync(join(lab.home, 'cosign.pub'), readFileSync(key));
    const cases = [cosign2, cosign3].map(each => [...keyCases(each, foreignKey), ...keylessCases(each)]);
    const putUpAll = async (list: readonly Case[]) => {
      for (const each of list) await putUp(each);
    };
    await Promise.all([CROOKED, ...cases].map(putUpAll));
  }, PATIENCE);

  it('says in a check who signed what is offered, and of what it will not take, why', async () => {
    await registry.forget();
    const { code, stdout } = await lab.refreshd(['check', '--json'], SETTINGS);
    expect(code).toBe(1);
    const ofEach = (version: 2 | 3) => ({
      [`signed-${version}`]: 'outdated: signed by the key in cosign.pub (DIGEST)',
      [`many-${version}`]: 'outdated: signed by the key in cosign.pub (DIGEST)',
      [`label-key-${version}`]: 'outdated: signed by the key in FOLDER/2/foreign.pub (DIGEST)',
      [`foreign-key-${version}`]: `failed: ${OF} ${BY_KEY}: it was made with another key, or changed since`,
      [`moved-${version}`]: `failed: ${OF} ${BY_KEY}: it is a signature of another digest (DIGEST)`,
      [`by-him-${version}`]: `outdated: signed by ${IDENTITY} (${ISSUER})`,
      [`by-another-${version}`]: `failed: ${OF} ${BY_HIM}: it was signed by ${IDENTITY}x (${ISSUER})`,
      [`by-another-issuer-${version}`]: `failed: ${OF} ${BY_HIM}: it was signed by ${IDENTITY} (https://other.test)`,
      [`by-a-foreign-sigstore-${version}`]: `failed: ${OF} ${BY_HIM}: nothing that is trusted proves when it was made`,
    });
    const notSigned = `failed: the offered image DIGEST is not signed, and ${BY_KEY}`;
    expect(outcomes(stdout)).toEqual({
      ...ofEach(2),
      ...ofEach(3),
      'run-out-2': `failed: ${OF} ${BY_HIM}: its certificate does not come from who is trusted, or was not valid when it was used`,
      'unproven-2': `failed: ${OF} ${BY_HIM}: nothing that is trusted proves when it was made`,
      unsigned: notSigned,
      'image-says-off': notSigned,
      'user-says-off': 'outdated',
      garbage: `failed: none of 3 signatures of the offered image DIGEST counts, and ${BY_KEY}: it is not understood; it is not understood: expected object, received array; it is missing, or far too long`,
      'no-such-key':
        'unresolved: The public key HOME/missing.pub cannot be read (ENOENT). Make the file readable for the user that runs refreshd, or name another one',
      unclear: 'unresolved: label refreshd.verify must be off, key or keyless, not "maybe"',
    });
    // Nobody pulled anything.
    expect((await registry.accessLog()).filter(({ agent }) => agent.includes('docker'))).toEqual([]);
  });

  it('takes what is signed as it must be; of the rest nothing is pulled, and it says so loudly', async () => {
    await registry.forget();
    const { code, stdout } = await lab.refreshd(['run', ...TAKEN, ...REFUSED, '--json'], SETTINGS);
    expect(code).toBe(1);
    const ended = Object.entries(outcomes(stdout)).map(([name, line]) => [name, line.split(':')[0]]);
    expect(Object.fromEntries(ended)).toEqual({
      ...Object.fromEntries(TAKEN.map(name => [name, 'updated'])),
      ...Object.fromEntries(REFUSED.map(name => [name, 'failed'])),
    });
    const pulls = (await registry.accessLog()).filter(({ agent }) => agent.includes('docker'));
    const pulled = new Set(pulls.map(({ path }) => path.split('/')[2]));
    expect([...pulled].filter(name => name !== undefined && name !== '').sort()).toEqual([...TAKEN].sort());
    const log = lab.log();
    expect(log).toMatch(/info.*signed-3.* is signed by the key in cosign\.pub/i);
    expect(log).toMatch(
      /warn.*user-says-off.* is taken without a signature, as label refreshd\.verify=off says/i,
    );
    expect(log).toMatch(
      /error.*unsigned.*Not updated: the offered image \w+ is not signed, and .* is required\. It stays on \w{12}; tried again/i,
    );
  });

  it('agrees with cosign on the signatures that other tests make by themselves', async () => {
    const [cosign2, cosign3] = present as [Cosign, Cosign];
    const { privateKey, publicKey } = newKey();
    writeFileSync(join(folder, '3', 'made.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
    writeFileSync(join(folder, '2', 'made.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
    const him = { sigstore, identity: IDENTITY, issuer: ISSUER };
    for (const [signing, by] of [
      [{ key: privateKey }, { key: 'made' }],
      [{ sigstore }, him],
    ] as const) {
      const { digest } = await imageOf('made', 'key' in signing ? '1' : '2');
      await publish(registry, 'made', 'latest', await imageOf('made', 'key' in signing ? '1' : '2'));
      const { payload, annotations } = await signSimple(payloadFor(digest), signing);
      const layer = { mediaType: SIMPLE, bytes: payload, annotations };
      await publishArtifact(registry, 'made', sigTag(digest), [layer]);
      await cosign2.verify(byDigest('made', digest), by);
      const bytes = Buffer.from(JSON.stringify(await signBundle(statementFor(digest), signing)));
      const bundle = await publishArtifact(
        registry,
        'made',
        'bundle',
        [{ mediaType: BUNDLE, bytes }],
        digest,
      );
      await publishReferrers(registry, 'made', digest, [bundle]);
      await cosign3.verify(byDigest('made', digest), by);
    }
    const { digest } = await imageOf('made', '3');
    await publish(registry, 'made', 'latest', await imageOf('made', '3'));
    await expect(cosign2.verify(byDigest('made', digest), { key: 'made' })).rejects.toThrow(
      /no signatures found/,
    );
  });

  it('goes back without a signature and without the registry: that image ran here before', async () => {
    await stopRegistry();
    const { code } = await lab.refreshd(['rollback', 'signed-3'], SETTINGS);
    expect(code).toBe(0);
    expect((await lab.inspect('signed-3')).Config.Env).toContain('APP_VERSION=1');
    // What cannot be asked for is not taken, either.
    const check = await lab.refreshd(['check', 'unsigned', '--json'], SETTINGS);
    expect(outcomes(check.stdout)['unsigned']).toMatch(/^unresolved: .* refuses connections/);
  });
});
