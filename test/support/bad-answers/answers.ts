import { type BuiltImage, sha256 } from '../image.ts';
import type { Answer } from './bad-answer.ts';

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const DIGEST = 'docker-content-digest';

type Headers = Readonly<Record<string, string | string[]>>;

/** The same answer to every question. */
export function always(status: number, headers: Headers = {}, body: string | Buffer = ''): Answer {
  return (_, response) => response.writeHead(status, headers).end(body);
}

/** A HEAD is answered well; only who asks for the manifest itself gets this. */
export function onGet(answer: Answer): Answer {
  return first(() => false, answer);
}

/** One answer to HEAD, and another to GET. */
export function first(head: Answer, get: Answer): Answer {
  return (request, response, place) => (request.method === 'HEAD' ? head : get)(request, response, place);
}

/** This is the digest that it names, and the manifest is what it is. */
export function naming(digest: string | readonly string[]): Answer {
  const said = typeof digest === 'string' ? digest : [...digest];
  return always(200, { 'content-type': OCI_MANIFEST, [DIGEST]: said });
}

/** The manifest is this, under its own digest. */
export function serving(body: string | Buffer, type = OCI_MANIFEST): Answer {
  return always(200, { 'content-type': type, [DIGEST]: sha256(body) }, body);
}

/** The same, made for the image that the repository holds; other digests are left to the registry. */
export function servingFor(make: (image: BuiltImage) => string, type = OCI_MANIFEST): Answer {
  return (request, response, place) => {
    const body = make(place.image);
    const asked = request.url?.split('/').at(-1) ?? '';
    const isOther = asked.startsWith('sha256:') && asked !== sha256(body);
    return !isOther && serving(body, type)(request, response, place);
  };
}

/** An index with one entry, which is this. */
export function indexing(entry: Readonly<Record<string, unknown>>): Answer {
  return servingFor(({ digest, manifest }) => {
    const good = { mediaType: DOCKER_MANIFEST, digest, size: manifest.length, platform: AMD64 };
    return JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [{ ...good, ...entry }] });
  }, OCI_INDEX);
}

export const AMD64 = { os: 'linux', architecture: 'amd64' };
