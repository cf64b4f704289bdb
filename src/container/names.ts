/*
 * Names that a container bears while it is being replaced. They carry the rollout's id, so that nobody else's
 * container can have them and a leftover says where it comes from.
 */

const INFIX = '.refreshd-';

/** What the successor is called until the switch, and again while it waits to be removed. */
export function successorName(name: string, rolloutId: string): string {
  return `${name}${INFIX}${rolloutId}.new`;
}

/** What the predecessor is called between switch and removal, or the copy that stands in for it. */
export function predecessorName(name: string, rolloutId: string): string {
  return `${name}${INFIX}${rolloutId}.old`;
}

/** The parts of such a name; undefined for any other name. */
export function parseRolloutName(
  name: string,
): { readonly name: string; readonly rolloutId: string; readonly role: 'new' | 'old' } | undefined {
  const match = /^(.+)\.refreshd-([0-9a-z]+)\.(new|old)$/.exec(name);
  if (match === null) return undefined;
  const [, plain = '', rolloutId = '', role] = match;
  return { name: plain, rolloutId, role: role === 'new' ? 'new' : 'old' };
}
