import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { sentenceOf } from '../../../src/base/failure.ts';
import { SignatureError } from '../../../src/signature/signature-error.ts';
import { fetchPublicRoot, readTrustedRoot } from '../../../src/signature/trusted-root.ts';
import { type Sigstore, startSigstore } from '../../support/sigstore.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startTufRepository, type TufOptions } from '../../support/tuf-repository.ts';

let sigstore: Sigstore;
beforeAll(async () => {
  sigstore = await startSigstore();
});
afterAll(() => sigstore.close());

function fileOf(root: unknown): string {
  const path = join(tempFolder(), 'root.json');
  writeFileSync(path, typeof root === 'string' ? root : JSON.stringify(root));
  return path;
}

it('reads a root of our own, and the one that Sigstore publishes', async () => {
  const own = await readTrustedRoot(fileOf(sigstore.trustedRoot()));
  expect(
    [own.certificateAuthorities, own.tlogs, own.ctlogs, own.timestampAuthorities].map(each => each.length),
  ).toEqual([1, 1, 1, 1]);
  // The one that came with the library, as it was published.
  const seeds = createRequire(import.meta.url)('@sigstore/tuf/seeds.json');
  const [seed] = Object.values<{ targets: Record<string, string> }>(seeds);
  const published = Buffer.from(seed?.targets['trusted_root.json'] ?? '', 'base64').toString();
  const root = await readTrustedRoot(fileOf(published));
  expect(root.tlogs.map(({ baseURL }) => baseURL)).toContain('https://rekor.sigstore.dev');
});

it.each<[string, unknown, RegExp]>([
  ['no JSON', 'garbage', /it is not JSON\. It is what Sigstore calls trusted_root\.json\.$/],
  ['a list', [], /cannot be used: /],
  ['an empty object', {}, /it names no certificate authority/],
  ['authorities that are none', { certificateAuthorities: [{}] }, /cannot be used: /],
  [
    'a certificate that is none',
    { certificateAuthorities: [{ certChain: { certificates: [{ rawBytes: 'AAAA' }] } }] },
    /cannot be used: /,
  ],
])('refuses %s in one sentence', async (_what, root, sentence) => {
  const error: unknown = await readTrustedRoot(fileOf(root)).catch(thrown => thrown);
  expect(error).toBeInstanceOf(SignatureError);
  expect(sentenceOf(error)).toMatch(sentence);
  expect(sentenceOf(error)).not.toMatch(/\n| at /);
});

it('refuses a root in which nothing proves when a signature was made', async () => {
  await expect(readTrustedRoot(fileOf(sigstore.trustedRoot(['ctlogs'])))).rejects.toThrow(
    'it names neither a transparency log nor a timestamp authority',
  );
});

describe('a root from a repository', () => {
  const DAY = 86_400_000;
  async function open(options: TufOptions = {}) {
    const folder = tempFolder();
    const repository = await startTufRepository(JSON.stringify(sigstore.trustedRoot()), options);
    onTestFinished(() => repository.close());
    const rootFile = join(folder, 'first-root.json');
    writeFileSync(rootFile, repository.root);
    const cacheFolder = join(folder, 'sigstore');
    return {
      repository,
      fetch: () => fetchPublicRoot({ cacheFolder, instead: { url: repository.url, rootFile } }),
    };
  }

  it('is fetched once, and used without asking while it is not out of date', async () => {
    const { repository, fetch } = await open();
    expect((await fetch()).tlogs).toHaveLength(1);
    const asked = repository.requests.length;
    expect(asked).toBeGreaterThan(2);
    expect((await fetch()).certificateAuthorities).toHaveLength(1);
    expect(repository.requests.length).toBe(asked);
    await repository.close();
    expect((await fetch()).tlogs).toHaveLength(1);
  });

  it.each<[string, TufOptions]>([
    ['is out of date', { expires: new Date(Date.now() - DAY) }],
    ['was signed by somebody else', { foreign: true }],
    ['was changed afterwards', { changed: true }],
  ])('is refused where it %s', async (_what, options) => {
    const { fetch } = await open(options);
    await expect(fetch()).rejects.toBeInstanceOf(SignatureError);
  });
});

it('says what to do where the public root cannot be fetched', async () => {
  // A proxy that refuses: nothing leaves this machine.
  for (const name of ['HTTPS_PROXY', 'https_proxy']) vi.stubEnv(name, 'http://127.0.0.1:1');
  for (const name of ['NO_PROXY', 'no_proxy']) vi.stubEnv(name, '');
  const error: unknown = await fetchPublicRoot({ cacheFolder: join(tempFolder(), 'sigstore') }).catch(
    thrown => thrown,
  );
  vi.unstubAllEnvs();
  expect(sentenceOf(error)).toBe(
    "Sigstore's public root cannot be fetched. This machine must reach tuf-repo-cdn.sigstore.dev; or name a file of your own in REFRESHD_VERIFY_ROOT.",
  );
});
