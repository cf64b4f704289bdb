import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../src/image/digest.ts';
import { type ImageIndex, type ImageManifest, MANIFEST_TYPES } from '../../../src/image/manifest.ts';
import type { Platform } from '../../../src/image/platform.ts';
import { parseReference } from '../../../src/image/reference.ts';
import { findPlatformImage } from '../../../src/registry/platform-image.ts';
import { digestOf } from '../../support/rollout-samples.ts';

const REFERENCE = parseReference('registry.test/web:1') ?? expect.unreachable();
const AMD64 = { os: 'linux', architecture: 'amd64' };
const ARM64 = { os: 'linux', architecture: 'arm64' };
const [INDEX] = MANIFEST_TYPES;
const image: ImageManifest = {
  config: { digest: digestOf('c'), size: 1 },
  layers: [{ digest: digestOf('1'), size: 10 }],
};
const entry = (digit: string, platform?: Platform, mediaType?: string) =>
  ({ digest: digestOf(digit), size: 1, mediaType, platform }) as ImageIndex['manifests'][number];

/** What is found among these manifests, beginning with `a`, and how many were read. */
async function find(manifests: Record<string, ImageManifest | ImageIndex>, platform: Platform = AMD64) {
  const read: Digest[] = [];
  const found = await findPlatformImage(
    async (_, digest) => {
      read.push(digest);
      return Object.entries(manifests).find(([digit]) => digestOf(digit) === digest)?.[1] ?? image;
    },
    REFERENCE,
    digestOf('a'),
    platform,
  ).catch(error => `${error.code}: ${error.message}`);
  return { found: typeof found === 'string' ? found : found.manifest, read: read.length };
}

const NOT_OFFERED = 'no-platform: registry.test/web:1 is offered, but not for linux/amd64.';

describe('the image of a platform', () => {
  it('is in an index that an index lists without a word', async () => {
    const outer = { manifests: [entry('b', undefined, INDEX), entry('d', undefined, INDEX)] };
    const arm = { manifests: [entry('e', ARM64)] };
    const amd = { manifests: [entry('f', AMD64)] };
    expect(await find({ a: outer, b: arm, d: amd })).toEqual({ found: digestOf('f'), read: 4 });
  });

  it('is not looked for there where it is listed itself', async () => {
    const outer = { manifests: [entry('b', undefined, INDEX), entry('f', AMD64)] };
    expect(await find({ a: outer })).toEqual({ found: digestOf('f'), read: 2 });
  });

  it('is none where there is one for others, or for nobody', async () => {
    const unknown = { os: 'unknown', architecture: 'unknown' };
    expect(await find({ a: { manifests: [entry('b', ARM64), entry('d', unknown), entry('e')] } })).toEqual({
      found: NOT_OFFERED,
      read: 1,
    });
    expect(await find({ a: { manifests: [] } })).toEqual({ found: NOT_OFFERED, read: 1 });
  });

  it('is not looked for in a thousand indexes, nor in circles', async () => {
    const many = Array.from({ length: 1000 }, () => entry('b', undefined, INDEX));
    const { found, read } = await find({ a: { manifests: many }, b: { manifests: [] } });
    expect([found, read]).toEqual([NOT_OFFERED, 5]);
    const circle = { manifests: [entry('a', undefined, INDEX)] };
    expect(await find({ a: circle })).toEqual({
      found: expect.stringContaining('its index leads from index to index'),
      read: 4,
    });
    const wide = { manifests: many.map(() => entry('a', undefined, INDEX)) };
    expect((await find({ a: wide })).read).toBeLessThan(10);
  });
});
