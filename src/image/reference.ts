import { type Digest, parseDigest } from './digest.ts';

/** The host that Docker means when a name has none. */
export const DOCKER_HUB = 'docker.io';

/** A full name of an image: which registry, which repository, and which tag or digest of it. */
export interface Reference {
  /** Host and port, as in `ghcr.io` or `127.0.0.1:5000`; `docker.io` for Docker Hub. */
  readonly registry: string;
  /** Path inside the registry, as in `library/nginx`. */
  readonly path: string;
  /** `latest` where the name has neither tag nor digest. */
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
}

const HOST =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;
const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const IMAGE_ID = /^(?:sha256:)?[0-9a-f]{64}$/;

/**
 * Reads an image name as Docker does: no host means Docker Hub, one word on Docker Hub means `library/…`,
 * neither tag nor digest means `latest`. Grammar: distribution/reference.
 * @returns undefined if the text is no image name (an image id is none)
 */
export function parseReference(text: string): Reference | undefined {
  if (IMAGE_ID.test(text)) return undefined;
  const [named = '', digestText, ...extra] = text.split('@');
  const digest = digestText === undefined ? undefined : parseDigest(digestText);
  if (extra.length > 0 || (digestText !== undefined && digest === undefined)) return undefined;

  const slash = named.indexOf('/');
  const first = slash < 0 ? '' : named.slice(0, slash);
  const hasHost = /[.:[]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  const registry = hasHost ? canonicalHost(first) : DOCKER_HUB;
  const { path: written, tag } = splitTag(hasHost ? named.slice(slash + 1) : named);
  const path = registry === DOCKER_HUB && !written.includes('/') ? `library/${written}` : written;
  const reference = { registry, path, tag: tag ?? (digest === undefined ? 'latest' : undefined), digest };
  return isWellFormed(reference) ? reference : undefined;
}

function isWellFormed({ registry, path, tag }: Reference): boolean {
  return isHost(registry) && PATH.test(path) && path.length <= 255 && (tag === undefined || TAG.test(tag));
}

/** Whether an address with that host can be written, and leads there: a port may be too high, and `0x7f.1` is 127.0.0.1. */
function isHost(registry: string): boolean {
  if (!HOST.test(registry) || !URL.canParse(`https://${registry}`)) return false;
  const { hostname } = new URL(`https://${registry}`);
  return hostname.startsWith('[') || hostname === registry.replace(/:\d+$/, '').toLowerCase();
}

function canonicalHost(host: string): string {
  return host === 'index.docker.io' ? DOCKER_HUB : host;
}

function splitTag(text: string): { path: string; tag: string | undefined } {
  const colon = text.lastIndexOf(':');
  return colon < 0
    ? { path: text, tag: undefined }
    : { path: text.slice(0, colon), tag: text.slice(colon + 1) };
}

/** Registry and path, which is what a repo digest belongs to: `docker.io/library/nginx`. */
export function repositoryOf(reference: Reference): string {
  return `${reference.registry}/${reference.path}`;
}

/** The whole name with nothing left to defaults: `docker.io/library/nginx:latest`. */
export function formatReference({ registry, path, tag, digest }: Reference): string {
  return `${registry}/${path}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** The repository as the engine and people write it, Docker Hub's defaults left out: `nginx`. */
export function familiarRepository({ registry, path }: Reference): string {
  if (registry !== DOCKER_HUB) return `${registry}/${path}`;
  return path.replace(/^library\/(?=[^/]+$)/, '');
}

/** The name of one image of a repository by its digest: `nginx@sha256:…`. */
export function nameByDigest(reference: Reference, digest: Digest): string {
  return `${familiarRepository(reference)}@${digest}`;
}

/** The name as people write it: `nginx:1.27`. */
export function familiarName(reference: Reference): string {
  const { tag, digest } = reference;
  return `${familiarRepository(reference)}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}
