import { BlockList, isIP } from 'node:net';
import { isLoopback } from '../base/http.ts';
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
  const address = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(address);
  if (family === 0) return false;
  const networks = new BlockList();
  for (const entry of insecure) {
    const [network = '', prefix] = entry.split('/');
    if (prefix !== undefined && isIP(network) !== 0)
      networks.addSubnet(network, Number(prefix), isIP(network) === 6 ? 'ipv6' : 'ipv4');
  }
  return networks.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
