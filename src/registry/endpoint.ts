import { isLoopback } from '../base/http.ts';
import { isInNetworks, literalAddress } from '../base/networks.ts';
import { DOCKER_HUB } from '../image/reference.ts';

/** Where a registry's API is found. Docker Hub's is not where its name says. */
export function apiHost(registry: string): string {
  return registry === DOCKER_HUB ? 'registry-1.docker.io' : registry;
}

/**
 * Whether a registry may be asked without TLS: on loopback, or where the engine is set up so.
 * @param insecure hosts (with port) and networks (CIDR) from the engine
 */
export function mayBePlain(registry: string, insecure: readonly string[]): boolean {
  const { hostname } = new URL(`http://${registry}`);
  if (isLoopback(hostname) || insecure.includes(registry)) return true;
  const address = literalAddress(hostname);
  return address !== undefined && isInNetworks(address, insecure);
}

/**
 * The hosts of the engine's mirrors of Docker Hub, as far as they may be asked: by TLS, or where no TLS is needed.
 * @param mirrors addresses from the engine
 */
export function mirrorHosts(mirrors: readonly string[], insecure: readonly string[]): readonly string[] {
  return mirrors.flatMap(address => {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (url === undefined || url.pathname !== '/' || url.username !== '') return [];
    const isFine = url.protocol === 'https:' || (url.protocol === 'http:' && mayBePlain(url.host, insecure));
    return isFine ? [url.host] : [];
  });
}
