import { shapeOfJson, z } from '../base/shape.ts';
import type { Digest } from '../image/digest.ts';
import { type SignatureLayer, signatureLayers, signatureTag } from './artifact-manifest.ts';
import type { Candidate, Unreadable } from './candidate.ts';
import { bundleOfLayer } from './simple-signing.ts';

/** The repository that an image is in, as far as its signatures go. */
export interface SignatureSource {
  /** What a tag or digest points at, as it was sent; undefined if there is none. */
  manifest(name: string): Promise<Buffer | undefined>;
  /** The digests of manifests that name this one as their subject. */
  referrers(digest: Digest): Promise<readonly Digest[]>;
  /** Checked against its digest; undefined if it is missing, or longer than `limit` bytes. */
  blob(digest: Digest, limit: number): Promise<Buffer | undefined>;
}

/** No signature is longer, in bytes. */
const LONGEST = 256 * 1024;
/** So many are looked at: whoever can write to the repository could else keep us busy for ever. */
const MOST = 50;

/**
 * Everything that may be a signature of a digest, one at a time so that the first good one ends the search: what
 * cosign 2 keeps under a tag, then the bundles of cosign 3 (OCI distribution spec 1.1, referrers).
 */
export async function* findCandidates(
  source: SignatureSource,
  digest: Digest,
): AsyncGenerator<Candidate | Unreadable> {
  let left = MOST;
  for await (const layers of findLayers(source, digest)) {
    if ('problem' in layers) yield layers;
    else
      for (const layer of layers) {
        if (left-- === 0)
          return yield { problem: `there are more than ${MOST}, so the rest was not looked at` };
        yield readLayer(source, layer);
      }
  }
}

async function* findLayers(
  source: SignatureSource,
  digest: Digest,
): AsyncGenerator<readonly SignatureLayer[] | Unreadable> {
  const tagged = await source.manifest(signatureTag(digest));
  if (tagged !== undefined) yield layersOf(tagged);
  for (const referrer of (await source.referrers(digest)).slice(0, MOST + 1)) {
    const manifest = await source.manifest(referrer);
    if (manifest !== undefined) yield layersOf(manifest);
  }
}

function layersOf(manifest: Buffer): readonly SignatureLayer[] | Unreadable {
  const layers = signatureLayers(manifest.toString());
  return layers.ok ? layers.value : { problem: `its manifest is not understood: ${layers.problem}` };
}

async function readLayer(
  source: SignatureSource,
  { kind, digest, annotations }: SignatureLayer,
): Promise<Candidate | Unreadable> {
  const bytes = await source.blob(digest, LONGEST);
  if (bytes === undefined) return { problem: 'it is missing, or far too long' };
  if (kind === 'bundle') {
    const bundle = shapeOfJson(z.looseObject({}), bytes.toString());
    return bundle.ok
      ? { bundle: bundle.value, payload: undefined }
      : { problem: `it is not understood: ${bundle.problem}` };
  }
  const candidate = bundleOfLayer(bytes, annotations);
  return candidate.ok ? candidate.value : { problem: `it is not understood: ${candidate.problem}` };
}
