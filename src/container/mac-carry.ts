import { speaks } from './api-version.ts';
import type { Endpoint, InspectedContainer } from './inspected.ts';

/** Whether MAC addresses belong to each network (API 1.44 and newer) and not to the container as a whole. */
export function macIsPerNetwork(apiVersion: string): boolean {
  return speaks(apiVersion, '1.44');
}

/**
 * The MAC address that the user gave a container on one network, where addresses belong to networks. For the
 * network that its mode names the engine tells it from one that it made up, up to API 1.51. For all others it does
 * not: there every address is kept but those that engines before 28 derive from the IP address. One made up at random
 * is then kept too, which harms nobody, while losing one that a DHCP server or a firewall knows would.
 */
export function userMac(
  { Config }: Pick<InspectedContainer, 'Config'>,
  endpoint: Endpoint,
  isNamedByMode: boolean,
  apiVersion: string,
): string | undefined {
  if (!macIsPerNetwork(apiVersion)) return undefined;
  if (isNamedByMode && !speaks(apiVersion, '1.52')) return Config.MacAddress || undefined;
  const { MacAddress: mac, IPAddress: address } = endpoint;
  return !mac || mac === derivedFrom(address ?? '') ? undefined : mac;
}

/** `02:42:` and the four numbers of the address. */
function derivedFrom(address: string): string {
  const bytes = address.split('.').map(part => Number(part).toString(16).padStart(2, '0'));
  return ['02', '42', ...bytes].join(':');
}
