import { createHash } from 'node:crypto';
import { type HttpAnswer, type HttpClient, HttpFault } from '../base/http.ts';
import { shapeOfJson, z } from '../base/shape.ts';
import { type Digest, parseDigest } from '../image/digest.ts';
import { MANIFEST_TYPES } from '../image/manifest.ts';
import type { Reference } from '../image/reference.ts';
import { isRedirect, safeRedirect } from './redirect-target.ts';
import { garbage, refusal } from './refusal.ts';
import type { Registry } from './registry.ts';
import { RegistryError } from './registry-error.ts';
import type { RegistrySession } from './registry-session.ts';

export interface ArtifactOptions {
  readonly sessionFor: (registry: string) => Promise<RegistrySession>;
  /** For the places where registries keep their blobs. */
  readonly clientFor: (host: string) => Promise<HttpClient>;
  /** Called for each request. */
  readonly counted: () => void;
}

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
/** No manifest is larger (distribution spec: clients may assume 4 MiB). */
const LARGEST_MANIFEST = 4 * 1024 * 1024;
const PATIENCE = 30_000;
const MOST_REDIRECTS = 3;

const referrersShape = z.object({ manifests: z.array(z.object({ digest: z.string() })) });

/**
 * Reads what is kept beside images in a repository: their signatures, for instance (OCI distribution spec 1.1).
 * Mirrors are not asked: many keep images and nothing else.
 */
export function openArtifacts(options: ArtifactOptions): Pick<Registry, 'manifest' | 'referrers' | 'blob'> {
  const { sessionFor, counted } = options;

  const get = async (reference: Reference, kind: 'manifests' | 'referrers', name: string, accept: string) => {
    const { registry, path } = reference;
    counted();
    const session = await sessionFor(registry);
    const answer = await session.send({ method: 'GET', kind, path, name, accept, limit: LARGEST_MANIFEST });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw refusal(answer, reference, name);
    return answer;
  };

  const manifest = async (reference: Reference, name: string) => {
    const answer = await get(reference, 'manifests', name, MANIFEST_TYPES.join(', '));
    const digest = parseDigest(name);
    if (answer !== undefined && digest !== undefined && !isOf(answer.body, digest))
      throw garbage(reference, 'the manifest it sent does not match the digest it was asked for');
    return answer?.body;
  };

  return {
    manifest,
    referrers: async (reference, digest) => {
      const answer = await get(reference, 'referrers', digest, OCI_INDEX);
      const isIndex = answer?.header('content-type')?.split(';')[0]?.trim() === OCI_INDEX;
      // Registries of before that API, and some that do not know of it, have a tag of that name instead.
      const body = isIndex ? answer?.body : await manifest(reference, digest.replace(':', '-'));
      if (body === undefined) return [];
      const index = shapeOfJson(referrersShape, body.toString());
      if (!index.ok)
        throw garbage(reference, `its list of what belongs to a digest is not understood: ${index.problem}`);
      return index.value.manifests.flatMap(each => parseDigest(each.digest) ?? []);
    },
    blob: async (reference, digest, limit) => {
      counted();
      const answer = await fetchBlob(options, reference, digest, limit).catch(orTooLarge);
      if (answer === 'too-large' || answer.status === 404) return undefined;
      if (answer.status !== 200) throw refusal(answer, reference, digest);
      if (!isOf(answer.body, digest))
        throw garbage(reference, 'the blob it sent does not match the digest it was asked for');
      return answer.body;
    },
  };
}

/** Many registries keep their blobs elsewhere, and send us there with an address that needs no login. */
async function fetchBlob(
  { sessionFor, clientFor }: ArtifactOptions,
  reference: Reference,
  digest: Digest,
  limit: number,
): Promise<HttpAnswer> {
  const { registry, path } = reference;
  const session = await sessionFor(registry);
  let answer = await session.send({ method: 'GET', kind: 'blobs', path, name: digest, accept: '*/*', limit });
  const { base, reach } = session.place();
  let from = new URL(`/v2/${path}/blobs/${digest}`, base);
  for (let hop = 0; isRedirect(answer.status); hop++) {
    const url = safeRedirect(answer.header('location'), from);
    if (url === undefined || hop >= MOST_REDIRECTS)
      throw garbage(reference, 'it keeps a blob in a place that is not safe to talk to');
    const client = await clientFor(url.host);
    answer = await client.send({ method: 'GET', url, timeout: PATIENCE, limit, reach });
    from = url;
  }
  return answer;
}

function orTooLarge(error: unknown): 'too-large' {
  const fault = error instanceof RegistryError ? error.cause : error;
  if (!(fault instanceof HttpFault)) throw error;
  if (fault.code === 'too-large') return 'too-large';
  if (error instanceof RegistryError) throw error;
  throw new RegistryError('unreachable', fault.message, { cause: fault, retryable: fault.retryable });
}

function isOf(bytes: Buffer, digest: Digest): boolean {
  const [algorithm = ''] = digest.split(':');
  return digest === `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}
