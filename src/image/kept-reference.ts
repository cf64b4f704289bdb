import { DOCKER_HUB, parseReference, type Reference } from './reference.ts';

/** Repository of the names under which old images are kept; no registry has it. */
const KEPT = 'refreshd-kept';
const LONGEST_TAG = 128;

/**
 * The name under which the image that a container ran before a rollout is kept: `refreshd-kept:web.1f0c9e77aa`.
 * Without a name it would be gone with the next clean-up of the host.
 */
export function keptReference(container: string, rolloutId: string): Reference {
  const room = LONGEST_TAG - rolloutId.length - 1;
  const tag = `${container.slice(0, room)}.${rolloutId}`;
  return { registry: DOCKER_HUB, path: `library/${KEPT}`, tag, digest: undefined };
}

/** The container and rollout that a name stands for; undefined for any other image name. */
export function parseKept(
  name: string,
): { readonly container: string; readonly rolloutId: string } | undefined {
  if (!name.startsWith(`${KEPT}:`)) return undefined;
  const tag = parseReference(name)?.tag ?? '';
  const dot = tag.lastIndexOf('.');
  return dot <= 0 ? undefined : { container: tag.slice(0, dot), rolloutId: tag.slice(dot + 1) };
}
