import { type Shaped, shapeOfJson, z } from '../base/shape.ts';
import { type Digest, parseDigest } from '../image/digest.ts';

/** The kinds of layer that hold a signature (cosign, SIGNATURE_SPEC.md; Sigstore bundle format 0.3). */
export const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
const BUNDLE = /^application\/vnd\.dev\.sigstore\.bundle(\.v0\.\d)?\+json/;

const manifestShape = z.object({
  layers: z.array(
    z.object({
      mediaType: z.string(),
      digest: z.string(),
      annotations: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

/** A layer that may hold a signature. */
export interface SignatureLayer {
  readonly kind: 'simple-signing' | 'bundle';
  readonly digest: Digest;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Reads the layers with signatures out of a manifest; one that has none holds something else, an SBOM for instance. */
export function signatureLayers(body: string): Shaped<readonly SignatureLayer[]> {
  const manifest = shapeOfJson(manifestShape, body);
  if (!manifest.ok) return manifest;
  const layers = manifest.value.layers.flatMap(({ mediaType, digest: text, annotations = {} }) => {
    const digest = parseDigest(text);
    const kind = kindOf(mediaType);
    return digest === undefined || kind === undefined ? [] : [{ kind, digest, annotations }];
  });
  return { ok: true, value: layers };
}

function kindOf(mediaType: string): SignatureLayer['kind'] | undefined {
  if (mediaType === SIMPLE_SIGNING) return 'simple-signing';
  return BUNDLE.test(mediaType) ? 'bundle' : undefined;
}

/** The tag under which cosign keeps the signatures of a digest: `sha256-….sig`. */
export function signatureTag(digest: Digest): string {
  return `${digest.replace(':', '-')}.sig`;
}
