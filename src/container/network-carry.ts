import type { Endpoint, InspectedContainer } from './inspected.ts';
import { userMac } from './mac-carry.ts';

/** One network that a container is attached to, as the user asked for it. */
export interface NetworkAttachment {
  readonly network: string;
  /** The endpoint's *configuration*: never the running address, gateway or generated MAC. */
  readonly endpoint: Record<string, unknown>;
}

export interface CarriedNetworks {
  /** The network of the container's network mode; it is joined when the container is created. */
  readonly primary: NetworkAttachment | undefined;
  /** The others, joined after it is created and before it starts. */
  readonly others: readonly NetworkAttachment[];
}

/** Modes without networks of the container's own. */
const NO_NETWORKS = /^(host|none|container:.*)$/;
const DEFAULT_BRIDGE = /^(default|bridge|)$/;

/** The networks of a container as they are to be joined again. */
export function carryNetworks(container: InspectedContainer, apiVersion: string): CarriedNetworks {
  const mode = container.HostConfig.NetworkMode ?? '';
  if (NO_NETWORKS.test(mode)) return { primary: undefined, others: [] };
  const ownNames = new Set([container.Id.slice(0, 12), String(container.Config['Hostname'] ?? '')]);
  let primary: NetworkAttachment | undefined;
  const others: NetworkAttachment[] = [];
  for (const [network, endpoint] of Object.entries(container.NetworkSettings.Networks ?? {})) {
    const isPrimary = DEFAULT_BRIDGE.test(mode) ? network === 'bridge' : isNetwork(mode, network, endpoint);
    const mac = userMac(container, endpoint, isPrimary, apiVersion);
    const attachment = {
      network,
      endpoint: {
        ...(network === 'bridge' ? bridgeConfig(endpoint) : endpointConfig(endpoint, ownNames)),
        ...(mac !== undefined && { MacAddress: mac }),
      },
    };
    if (isPrimary) primary = attachment;
    else others.push(attachment);
  }
  return { primary, others: others.sort((a, b) => (a.network < b.network ? -1 : 1)) };
}

function isNetwork(mode: string, network: string, endpoint: Endpoint): boolean {
  return network === mode || (mode.length >= 12 && (endpoint.NetworkID?.startsWith(mode) ?? false));
}

/** Aliases without the container's short id and host name, which the engine adds by itself at every start. */
function endpointConfig(endpoint: Endpoint, ownNames: ReadonlySet<string>): Record<string, unknown> {
  const aliases = (endpoint.Aliases ?? []).filter(alias => !ownNames.has(alias));
  const ipam = endpoint['IPAMConfig'];
  return {
    ...(hasContent(ipam) && { IPAMConfig: ipam }),
    ...(hasContent(endpoint['Links']) && { Links: endpoint['Links'] }),
    ...(aliases.length > 0 && { Aliases: [...new Set(aliases)] }),
    ...bridgeConfig(endpoint),
  };
}

/** On the default bridge the engine takes neither aliases nor addresses. */
function bridgeConfig(endpoint: Endpoint): Record<string, unknown> {
  return {
    ...(hasContent(endpoint['DriverOpts']) && { DriverOpts: endpoint['DriverOpts'] }),
    ...(Number(endpoint['GwPriority'] ?? 0) !== 0 && { GwPriority: endpoint['GwPriority'] }),
  };
}

function hasContent(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).some(each => each !== '' && each !== null)
  );
}
