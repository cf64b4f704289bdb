import type { Digest } from '../image/digest.ts';
import { entryFor, type ImageIndex, type ImageManifest } from '../image/manifest.ts';
import { formatPlatform, type Platform } from '../image/platform.ts';
import { familiarName, type Reference } from '../image/reference.ts';
import { garbage } from './refusal.ts';
import type { PlatformImage } from './registry.ts';
import { RegistryError } from './registry-error.ts';

/** Reads a manifest by its digest, checked against it. @throws RegistryError */
export type ManifestReader = (reference: Reference, digest: Digest) => Promise<ImageManifest | ImageIndex>;

/** An index may point at an index; deeper than this is no accident. */
const DEEPEST_INDEX = 3;

/** Finds what a digest means for a platform: the image itself, or the entry of an index, however deep it lies. */
export async function findPlatformImage(
  read: ManifestReader,
  reference: Reference,
  digest: Digest,
  platform: Platform,
  depth = 0,
): Promise<PlatformImage> {
  const manifest = await read(reference, digest);
  if (!('manifests' in manifest))
    return { manifest: digest, config: manifest.config.digest, size: sizeOf(manifest) };
  const entry = entryFor(manifest, platform);
  if (entry === undefined) throw notOffered(reference, platform);
  if (depth >= DEEPEST_INDEX) throw garbage(reference, 'its index leads from index to index');
  return findPlatformImage(read, reference, entry.digest, platform, depth + 1);
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
