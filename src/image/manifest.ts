import { type Shaped, shapeOf, shapeOfJson, z } from '../base/shape.ts';
import { type Digest, parseDigest } from './digest.ts';
import { type Platform, platformDistance } from './platform.ts';

/** The four kinds of manifest a tag may point at (OCI image spec 1.1; Docker image manifest v2, schema 2). */
export const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;

const INDEX_TYPES: ReadonlySet<string> = new Set(MANIFEST_TYPES.filter(type => /index|list/.test(type)));

const digestShape = z.string().transform((text, context): Digest => {
  const digest = parseDigest(text);
  if (digest !== undefined) return digest;
  context.addIssue({ code: 'custom', message: 'not a digest' });
  return z.NEVER;
});

const descriptorShape = z.object({
  mediaType: z.string().optional(),
  digest: digestShape,
  size: z.int().nonnegative(),
});

const platformShape = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().optional(),
});

const imageShape = z.object({ config: descriptorShape, layers: z.array(descriptorShape) });
const indexShape = z.object({
  manifests: z.array(descriptorShape.extend({ platform: platformShape.optional() })),
});

export type Descriptor = z.infer<typeof descriptorShape>;
export type ImageManifest = z.infer<typeof imageShape>;
export type ImageIndex = z.infer<typeof indexShape>;

/**
 * Reads a manifest body, whichever of the two kinds it is. One that could be taken for either is none (OCI image
 * spec, on mediaType): another reader would see another image in it.
 */
export function parseManifest(body: string): Shaped<ImageManifest | ImageIndex> {
  const read = shapeOfJson(z.looseObject({}), body);
  if (!read.ok) return read;
  const has = (key: string) => Object.hasOwn(read.value, key);
  if (!has('manifests')) return shapeOf(imageShape, read.value);
  if (has('config') || has('layers')) return { ok: false, problem: 'it is an index and an image at once' };
  return shapeOf(indexShape, read.value);
}

/** The indexes that an index lists without saying what they are for: what is in them says so. */
export function nestedIndexes(index: ImageIndex): readonly Descriptor[] {
  return index.manifests.filter(({ mediaType, platform }) => !platform && INDEX_TYPES.has(mediaType ?? ''));
}

/** The entry of an index that this platform runs: the exact variant first, else the closest older one. */
export function entryFor(index: ImageIndex, host: Platform): Descriptor | undefined {
  let best: { readonly distance: number; readonly entry: Descriptor } | undefined;
  for (const entry of index.manifests) {
    const distance = entry.platform === undefined ? undefined : platformDistance(host, entry.platform);
    if (distance !== undefined && (best === undefined || distance < best.distance))
      best = { distance, entry };
  }
  return best?.entry;
}
