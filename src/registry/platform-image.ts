import type { Digest } from '../image/digest.ts';
import { entryFor, type ImageIndex, type ImageManifest, nestedIndexes } from '../image/manifest.ts';
import { formatPlatform, type Platform } from '../image/platform.ts';
import { familiarName, type Reference } from '../image/reference.ts';
import { garbage } from './refusal.ts';
import type { PlatformImage } from './registry.ts';
import { RegistryError } from './registry-error.ts';

/** Reads a manifest by its digest, checked against it. @throws RegistryError */
export type ManifestReader = (reference: Reference, digest: Digest) => Promise<ImageManifest | ImageIndex>;

/** An index may point at an index; deeper than this is no accident. */
const DEEPEST_INDEX = 3;
/** The most indexes in an index that are looked into where it does not say what they are for. */
const MOST_NESTED = 4;

/**
 * Finds what a digest means for a platform: the image itself, or the entry of an index, however deep it lies.
 * @throws RegistryError `no-platform` if it is not offered for it: another platform is never taken instead
 */
export async function findPlatformImage(
  read: ManifestReader,
  reference: Reference,
  digest: Digest,
  platform: Platform,
): Promise<PlatformImage> {
  const search = async (at: Digest, depth: number): Promise<PlatformImage | undefined> => {
    const manifest = await read(reference, at);
    if (!('manifests' in manifest))
      return { manifest: at, config: manifest.config.digest, size: sizeOf(manifest) };
    const entry = entryFor(manifest, platform);
    const entries = entry === undefined ? nestedIndexes(manifest).slice(0, MOST_NESTED) : [entry];
    if (depth >= DEEPEST_INDEX && entries.length > 0)
      throw garbage(reference, 'its index leads from index to index');
    for (const each of entries) {
      const found = await search(each.digest, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const found = await search(digest, 0);
  if (found === undefined) throw notOffered(reference, platform);
  return found;
}

export function notOffered(reference: Reference, platform: Platform): RegistryError {
  return new RegistryError(
    'no-platform',
    `${familiarName(reference)} is offered, but not for ${formatPlatform(platform)}.`,
    {
      hint: 'Nothing was changed; another platform is never taken instead.',
    },
  );
}

function sizeOf(manifest: ImageManifest): number {
  return manifest.layers.reduce((sum, layer) => sum + layer.size, manifest.config.size);
}
