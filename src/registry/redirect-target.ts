import { cleanText } from '../base/clean-text.ts';
import { isLoopback } from '../base/http.ts';
import { kindOfAddress, literalAddress } from '../base/networks.ts';

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Where an answer redirects to, as it may be shown: a host, or the kind of address where it has none.
 * @returns undefined if the answer is no redirect
 */
export function redirectTarget(status: number, location = '', from: URL): string | undefined {
  if (!isRedirect(status)) return undefined;
  if (location === '' || !URL.canParse(location, from.href)) return 'nowhere';
  const { host, protocol } = new URL(location, from);
  return cleanText(host || protocol, 80);
}

/**
 * Where a blob is kept, if that may be talked to: by https, or within this machine for a registry that is itself
 * within it. Nothing secret is said there, and what comes from there is checked against its digest.
 */
export function safeRedirect(location = '', from: URL): URL | undefined {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const isSafe =
    to?.protocol === 'https:' ||
    (to?.protocol === 'http:' && isLoopback(to.hostname) && isLoopback(from.hostname));
  return isSafe && to?.username === '' && to.password === '' ? to : undefined;
}

/**
 * Whether an answer leaves an image to another registry, as those do that only count or only lead: by https, and not
 * into a network that the registry itself is not in.
 * @param location a whole address; a part of one is a redirect within the registry
 */
export function leavesToOther(location = '', from: URL): boolean {
  const to = URL.canParse(location) ? safeRedirect(location, from) : undefined;
  if (to?.protocol !== 'https:' || to.host === from.host) return false;
  const kind = kindOf(to.hostname);
  return kind === 'public' || (kind === 'inside' && kindOf(from.hostname) === 'inside');
}

/** What a name leads to is not asked: whoever follows it looks for itself. */
function kindOf(hostname: string): ReturnType<typeof kindOfAddress> {
  return isLoopback(hostname) ? 'inside' : kindOfAddress(literalAddress(hostname) ?? '');
}

export function isRedirect(status: number): boolean {
  return REDIRECTS.has(status);
}
