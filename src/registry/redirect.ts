import { lookup } from 'node:dns/promises';
import { isLoopback } from '../base/http.ts';
import { isPublicAddress } from '../base/public-address.ts';

/**
 * Whether a registry may send us elsewhere for a blob: over TLS, and to no place inside that it is not inside
 * itself. Within this machine plain HTTP will do.
 * @param registry where the registry itself was found
 */
export async function isSafeRedirect(registry: URL, to: URL): Promise<boolean> {
  if (to.username !== '' || to.password !== '') return false;
  if (isLoopback(registry.hostname) && isLoopback(to.hostname)) return /^https?:$/.test(to.protocol);
  if (to.protocol !== 'https:') return false;
  return (await isPublicHost(to.hostname)) || !(await isPublicHost(registry.hostname));
}

async function isPublicHost(hostname: string): Promise<boolean> {
  try {
    const found = await lookup(hostname.replace(/^\[|\]$/g, ''), { all: true });
    return found.every(({ address }) => isPublicAddress(address));
  } catch {
    // A name that only a proxy can resolve: whether it may be talked to is the proxy's to say.
    return true;
  }
}
