import { createHash } from 'node:crypto';
import { type HttpAnswer, type HttpClient, HttpFault } from '../base/http.ts';
import { shapeOfJson, z } from '../base/shape.ts';
import { type Digest, parseDigest } from '../image/digest.ts';
import { MANIFEST_TYPES } from '../image/manifest.ts';
import type { Reference } from '../image/reference.ts';
import { isSafeRedirect } from './redirect.ts';
import type { Registry } from './registry.ts';
import { RegistryError } from './registry-error.ts';
import type { ContentRequest } from './registry-session.ts';

export interface ArtifactOptions {
  /** For the places that a registry keeps its blobs in, which get no credentials. */
  readonly client: HttpClient;
  /** Where a reference's registry was found. */
  readonly base: (reference: Reference) => URL;
  /** Any status is an answer. */
  readonly ask: (
    reference: Reference,
    request: Required<Pick<ContentRequest, 'kind' | 'name' | 'accept' | 'limit'>>,
  ) => Promise<HttpAnswer>;
  readonly refusal: (answer: HttpAnswer, reference: Reference, name: string) => RegistryError;
  readonly garbage: (reference: Reference, why: string) => RegistryError;
}

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
/** No manifest is larger (distribution spec: clients may assume 4 MiB). */
const LARGEST_MANIFEST = 4 * 1024 * 1024;
const PATIENCE = 30_000;
const MOST_REDIRECTS = 3;

const referrersShape = z.object({ manifests: z.array(z.object({ digest: z.string() })) });

/** Reads what is kept beside images in a repository: their signatures, for instance (OCI distribution spec 1.1). */
export function openArtifacts({
  client,
  base,
  ask,
  refusal,
  garbage,
}: ArtifactOptions): Pick<Registry, 'manifest' | 'referrers' | 'blob'> {
  const get = async (reference: Reference, kind: 'manifests' | 'referrers', name: string, accept: string) => {
    const answer = await ask(reference, { kind, name, accept, limit: LARGEST_MANIFEST });
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

  const follow = async (reference: Reference, first: HttpAnswer, from: URL, limit: number) => {
    let answer = first;
    let at = from;
    for (let hop = 0; isRedirect(answer); hop++) {
      const to = answer.header('location') ?? '';
      at = URL.canParse(to, at.href) ? new URL(to, at) : new URL('invalid:');
      if (hop >= MOST_REDIRECTS || !(await isSafeRedirect(from, at)))
        throw garbage(reference, 'it keeps a blob in a place that is not safe to talk to');
      answer = await client.send({ method: 'GET', url: at, timeout: PATIENCE, limit });
    }
    return answer;
  };

  const fetchBlob = async (reference: Reference, digest: Digest, limit: number) => {
    try {
      const first = await ask(reference, { kind: 'blobs', name: digest, accept: '*/*', limit });
      const from = new URL(`/v2/${reference.path}/blobs/${digest}`, base(reference));
      return await follow(reference, first, from, limit);
    } catch (error) {
      const fault = faultOf(error);
      if (fault === undefined) throw error;
      if (fault.code === 'too-large') return 'too-large';
      throw new RegistryError('unreachable', fault.message, { cause: fault, retryable: fault.retryable });
    }
  };

  return {
    manifest,
    referrers: async (reference, digest) => {
      const answer = await get(reference, 'referrers', digest, OCI_INDEX);
      // Registries of before that API, and some that do not speak of it, have a tag of that name instead.
      const type = answer?.header('content-type')?.split(';')[0]?.trim();
      const body = type === OCI_INDEX ? answer?.body : await manifest(reference, digest.replace(':', '-'));
      if (body === undefined) return [];
      const index = shapeOfJson(referrersShape, body.toString());
      if (!index.ok)
        throw garbage(reference, `its list of what belongs to a digest is not understood: ${index.problem}`);
      return index.value.manifests.flatMap(each => parseDigest(each.digest) ?? []);
    },
    blob: async (reference, digest, limit) => {
      const answer = await fetchBlob(reference, digest, limit);
      if (answer === 'too-large' || answer.status === 404) return undefined;
      if (answer.status !== 200) throw refusal(answer, reference, digest);
      if (!isOf(answer.body, digest))
        throw garbage(reference, 'the blob it sent does not match the digest it was asked for');
      return answer.body;
    },
  };
}

/** The fault behind a failed request, whichever layer it was met in. */
function faultOf(error: unknown): HttpFault | undefined {
  const fault = error instanceof RegistryError ? error.cause : error;
  return fault instanceof HttpFault ? fault : undefined;
}

function isRedirect({ status }: HttpAnswer): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

function isOf(bytes: Buffer, digest: Digest): boolean {
  const [algorithm = ''] = digest.split(':');
  return digest === `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}
