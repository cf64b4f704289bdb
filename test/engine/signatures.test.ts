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
import { type BuiltImage, buildImage, buildLayer } from '../support/image.ts';
import { Lab } from '../support/lab.ts';
import { publish, publishIndex } from '../support/publish.ts';
import { publishArtifact, publishReferrers, retag } from '../support/publish-artifact.ts';
import { type Sigstore, startSigstore } from '../support/sigstore.ts';

const folder = mkdtempSync(join(tmpdir(), 'refreshd-signatures-'));
const present = ([2, 3] as const).flatMap(version => openCosign(version, join(folder, `${version}`)) ?? []);

let lab: Lab;
let registry: DebianRegistry;
let sigstore: Sigstore;
let other: Sigstore;
let expired: Sigstore;

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
  await Promise.all([registry.stop(), sigstore.close(), other.close(), expired.close()]);
  rmSync(folder, { recursive: true, force: true });
});

/** A cosign is quick, but thirty of them on a busy machine are not. */
const PATIENCE = 600_000;
const SIMPLE = 'application/vnd.dev.cosign.simplesigning.v1+json';
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const SIGNER = { 'refreshd.verify.identity': IDENTITY, 'refreshd.verify.issuer': ISSUER };
const sigTag = (digest: string) => `${digest.replace(':', '-')}.sig`;
const byDigest = (repository: string, digest: string) => `${registry.host}/${repository}@${digest}`;

/** An image that only says what it is; its container is made and never started. */
async function imageOf(name: string, labels: Record<string, string> = {}): Promise<BuiltImage> {
  const layer = await buildLayer([{ path: 'name', content: name }]);
  return buildImage([layer], { Cmd: ['/nothing'], Labels: { name, ...labels } });
}

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
  await publish(registry, name, 'latest', await imageOf(`${name} 1`, imageLabels));
  await lab.pull(`${registry.host}/${name}:latest`);
  await lab.run(name, { Image: `${registry.host}/${name}:latest`, Labels: labels }, false);
  const next = await imageOf(`${name} 2`, imageLabels);
  await publish(registry, name, 'latest', next);
  await sign(name, next.digest);
}

/** What a command reports of each container, in one line. */
async function outcomes(
  command: 'run' | 'check',
  settings: Record<string, string>,
): Promise<{ readonly code: number | null; readonly of: Record<string, string> }> {
  const { code, stdout, stderr } = await lab.refreshd([command, '--json'], settings);
  if (stdout === '') throw new Error(stderr);
  const { containers } = JSON.parse(stdout) as { containers: ContainerReport[] };
  const line = ({ outcome, reason, signedBy }: ContainerReport) =>
    [outcome, signedBy === undefined ? undefined : `signed by ${signedBy}`, reason]
      .filter(Boolean)
      .join(': ');
  return { code, of: Object.fromEntries(containers.map(each => [each.name, line(each)])) };
}

/** Signed with keys, one way for each cosign. */
function keyCases(cosign: Cosign, foreignKey: string): readonly Case[] {
  const { version } = cosign;
  const sign = (key: string) => (repository: string, digest: string) =>
    cosign.sign(byDigest(repository, digest), { key });
  const moved = async (repository: string, digest: string) => {
    const another = await imageOf(`${repository} another`);
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

describe.skipIf(present.length < 2)('with real cosigns and a real registry', () => {
  let first: { readonly code: number | null; readonly of: Record<string, string> };
  let second: typeof first;
  let settings: Record<string, string>;

  beforeAll(async () => {
    const [cosign2, cosign3] = present as [Cosign, Cosign];
    const key = await cosign2.makeKey('own');
    const foreignKey = await cosign2.makeKey('foreign');
    for (const name of readdirSync(join(folder, '2')))
      writeFileSync(join(folder, '3', name), readFileSync(join(folder, '2', name)));
    for (const [name, by] of Object.entries({ root: sigstore, expired }))
      writeFileSync(join(lab.home, `${name}.json`), JSON.stringify(by.trustedRoot()));
    writeFileSync(join(lab.home, 'cosign.pub'), readFileSync(key));
    settings = { REFRESHD_VERIFY: 'key', REFRESHD_VERIFY_KEY: 'cosign.pub' };
    const cases = [cosign2, cosign3].map(each => [...keyCases(each, foreignKey), ...keylessCases(each)]);
    const putUpAll = async (list: readonly Case[]) => {
      for (const each of list) await putUp(each);
    };
    await Promise.all([CROOKED, ...cases].map(putUpAll));
    registry.forget();
    first = await outcomes('check', settings);
    second = await outcomes('run', settings);
  }, PATIENCE);

  it('says in a check who signed what is offered, and of what it will not take, why', () => {
    expect(first.code).toBe(1);
    expect(first.of).toEqual({});
  });

  it('takes what is signed as it must be, and nothing else', () => {
    expect(second.code).toBe(1);
    expect(second.of).toEqual({});
  });
});
