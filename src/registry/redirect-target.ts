import { cleanText } from '../base/clean-text.ts';

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Where an answer redirects to, as it may be shown: a host, or the kind of address where it has none.
 * @returns undefined if the answer is no redirect
 */
export function redirectTarget(status: number, location = '', from: URL): string | undefined {
  if (!REDIRECTS.has(status)) return undefined;
  if (location === '' || !URL.canParse(location, from.href)) return 'nowhere';
  const { host, protocol } = new URL(location, from);
  return cleanText(host || protocol, 80);
}
