import { isLoopback, type Reach } from '../base/http.ts';
import { kindOfAddress, literalAddress } from '../base/networks.ts';
import type { Challenge } from './challenge.ts';
import { RegistryError } from './registry-error.ts';

/**
 * The address of a token service, if it is one that may be talked to: by https, or within this machine for a registry
 * that is itself within it. @throws RegistryError
 */
export function safeRealm(realm: string, registry: URL): URL {
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  const isSafe =
    url?.protocol === 'https:' ||
    (url?.protocol === 'http:' && isLoopback(url.hostname) && isLoopback(registry.hostname));
  if (url !== undefined && isSafe && url.username === '' && url.password === '') return url;
  throw unsafeRealm(registry, 'It must be an https address; nothing was sent to it.');
}

export function unsafeRealm(registry: URL, hint: string, cause?: unknown): RegistryError {
  const said = `${registry.host} names a token service that is not safe to talk to.`;
  return new RegistryError('garbage', said, { hint, cause });
}

/**
 * Where a registry's token service may be: on the address of anybody, or in our own networks if the registry itself
 * is there. @param peer the registry's address; undefined if a proxy stands between
 */
export function reachOf(registry: URL, peer: string | undefined): Reach {
  const address = peer ?? literalAddress(registry.hostname);
  if (isLoopback(registry.hostname)) return 'inside';
  if (address === undefined) return 'public';
  return REACHES[kindOfAddress(address)];
}

const REACHES = { public: 'public', inside: 'inside', link: 'anywhere' } as const;

/**
 * Holds how a registry wants to be asked against how it wanted to before. Whoever can put words into its mouth could
 * else have its passwords sent to a host of his own, or to itself instead of to its token service.
 * @throws RegistryError if the answer would now send a login elsewhere
 */
export function expectSame(registry: string, learnt: Challenge | undefined, now: Challenge): void {
  if (learnt?.scheme !== 'bearer' || now.scheme === 'none') return;
  const before = hostOf(learnt.realm);
  if (now.scheme === 'bearer' && hostOf(now.realm) === before) return;
  const instead = now.scheme === 'bearer' ? `names ${hostOf(now.realm)}` : 'wants the password itself';
  throw new RegistryError(
    'untrusted',
    `${registry} had its logins checked by ${before} so far, and now ${instead}.`,
    {
      hint: `Nothing was sent there. If the change is right, remove "${registry}" from state/registries.json.`,
    },
  );
}

function hostOf(realm: string): string {
  return URL.canParse(realm) ? new URL(realm).host : 'what is no address';
}
