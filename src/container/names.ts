/*
 * Names that a container bears while it is being replaced. They carry the rollout's id, so that nobody else's
 * container can have them and a leftover says where it comes from.
 */

const INFIX = '.refreshd-';
const ROLES = ['new', 'old', 'preflight'] as const;
type Role = (typeof ROLES)[number];

/** What the successor is called until the switch, and again while it waits to be removed. */
export function successorName(name: string, rolloutId: string): string {
  return `${name}${INFIX}${rolloutId}.new`;
}

/** What the predecessor is called between switch and removal, or the copy that stands in for it. */
export function predecessorName(name: string, rolloutId: string): string {
  return `${name}${INFIX}${rolloutId}.old`;
}

/** What the copy is called in which a new image is tried beside the running container. */
export function preflightName(name: string, rolloutId: string): string {
  return `${name}${INFIX}${rolloutId}.preflight`;
}

/** The parts of such a name; undefined for any other name. */
export function parseRolloutName(
  name: string,
): { readonly name: string; readonly rolloutId: string; readonly role: Role } | undefined {
  const match = /^(.+)\.refreshd-([0-9a-z]+)\.([a-z]+)$/.exec(name);
  const role = ROLES.find(each => each === match?.[3]);
  if (match === null || role === undefined) return undefined;
  const [, plain = '', rolloutId = ''] = match;
  return { name: plain, rolloutId, role };
}
