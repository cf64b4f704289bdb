import { describe, expect, it } from 'vitest';
import { entryFor, type ImageIndex, nestedIndexes, parseManifest } from '../../../src/image/manifest.ts';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const descriptor = (digit: string) => ({ digest: digest(digit), size: 7 });

const image = { schemaVersion: 2, config: descriptor('c'), layers: [descriptor('1'), descriptor('2')] };

/** An index of these platforms; the digests are `a`, `b`, … in their order. */
function indexOf(...platforms: (string | undefined)[]) {
  return {
    manifests: platforms.map((text, i) => {
      const [os, architecture, variant] = text?.split('/') ?? [];
      return {
        ...descriptor((10 + i).toString(16)),
        ...(text && { platform: { os, architecture, variant } }),
      };
    }),
  };
}

describe('a manifest', () => {
  it('of an image is read', () => {
    const { config, layers } = image;
    expect(parseManifest(JSON.stringify(image))).toEqual({ ok: true, value: { config, layers } });
  });

  it('of several platforms is read, entries without platform too', () => {
    const index = indexOf('linux/amd64', undefined);
    expect(parseManifest(JSON.stringify(index))).toEqual({ ok: true, value: index });
  });

  it.each([
    ['is no JSON', '<html>'],
    ['is empty', ''],
    ['is null', 'null'],
    ['has neither config nor entries', '{}'],
    ['is of the first schema', JSON.stringify({ schemaVersion: 1, fsLayers: [] })],
    ['has no layers', JSON.stringify({ config: descriptor('c') })],
    [
      'bears a digest that is none',
      JSON.stringify({ ...image, config: { digest: 'sha256:../..', size: 1 } }),
    ],
    ['bears a size that is none', JSON.stringify({ ...image, config: { digest: digest('c'), size: -1 } })],
    ['counts half bytes', JSON.stringify({ ...image, layers: [{ digest: digest('1'), size: 0.5 }] })],
    ['counts beyond numbers', JSON.stringify({ ...image, layers: [{ digest: digest('1'), size: 1e300 }] })],
    ['may be read as an index, too', JSON.stringify({ ...image, manifests: [] })],
    ['has its entries elsewhere', '{"__proto__":{"manifests":[]}}'],
    ['lists an entry without digest', JSON.stringify({ manifests: [{ size: 1 }] })],
  ])('is a problem where it %s', (_, body) => {
    expect(parseManifest(body)).toMatchObject({ ok: false, problem: expect.stringMatching(/./) });
  });
});

describe('the entry for a machine', () => {
  const armV7 = { os: 'linux', architecture: 'arm', variant: 'v7' };

  it.each<[string, string[], string | undefined]>([
    ['the exact variant', ['linux/arm/v6', 'linux/arm/v7', 'linux/arm/v5'], 'b'],
    ['else the closest older one', ['linux/arm/v5', 'linux/arm/v6', 'linux/arm/v8'], 'b'],
    ['the first of two equal ones', ['linux/arm/v7', 'linux/arm'], 'a'],
    ['no attestation', ['unknown/unknown', 'linux/arm/v7'], 'b'],
    ['none for another machine', ['linux/arm64', 'linux/amd64', 'windows/arm/v7'], undefined],
    ['none in an empty index', [], undefined],
  ])('is %s', (_, platforms, expected) => {
    const index = indexOf(...platforms) as ImageIndex;
    expect(entryFor(index, armV7)?.digest).toBe(expected && digest(expected));
  });

  it.each<[string, string[], string, string | undefined]>([
    ['linux/arm/v6', ['linux/arm/v7', 'linux/arm/v6'], 'linux/arm/v6', 'b'],
    ['linux/arm/v6', ['linux/arm/v7', 'linux/arm'], 'linux/arm/v6', undefined],
    ['linux/armv6l', ['linux/arm/v5', 'linux/arm/v7'], 'linux/armv6l', 'a'],
    ['linux/aarch64', ['linux/arm/v8', 'linux/arm/v7', 'linux/arm64'], 'linux/aarch64', 'c'],
    ['linux/aarch64 without arm64', ['linux/arm/v8', 'linux/arm/v7'], 'linux/aarch64', undefined],
    ['linux/amd64', ['linux/amd64/v3', 'linux/amd64/v2', 'linux/amd64'], 'linux/x86_64', 'c'],
    ['linux/amd64 with newer ones only', ['linux/amd64/v2', 'linux/amd64/v3'], 'linux/x86_64', undefined],
    ['linux/amd64/v3', ['linux/amd64', 'linux/amd64/v3'], 'linux/amd64/v3', 'b'],
    ['linux/amd64/v3 without one', ['linux/amd64', 'linux/amd64/v2'], 'linux/amd64/v3', 'b'],
  ])('is found for %s among %j', (_, platforms, host, expected) => {
    const [os = '', architecture = '', variant] = host.split('/');
    const found = entryFor(indexOf(...platforms) as ImageIndex, { os, architecture, variant });
    expect(found?.digest).toBe(expected && digest(expected));
  });

  it('is not one that does not say what it is for', () => {
    expect(entryFor(indexOf(undefined) as ImageIndex, armV7)).toBeUndefined();
  });
});

describe('an index in an index', () => {
  const INDEX = 'application/vnd.oci.image.index.v1+json';
  const LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
  const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
  const platform = { os: 'linux', architecture: 'amd64' };

  it('is looked into where it does not say what it is for', () => {
    const index = {
      manifests: [
        { ...descriptor('a'), mediaType: INDEX },
        { ...descriptor('b'), mediaType: LIST },
        { ...descriptor('c'), mediaType: INDEX, platform },
        { ...descriptor('d'), mediaType: MANIFEST },
        descriptor('e'),
      ],
    } as ImageIndex;
    expect(nestedIndexes(index).map(each => each.digest)).toEqual([digest('a'), digest('b')]);
    expect(entryFor(index, platform)?.digest).toBe(digest('c'));
  });
});
