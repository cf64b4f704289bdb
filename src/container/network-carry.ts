import type { Endpoint, InspectedContainer } from './inspected.ts';

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
export function carryNetworks(container: InspectedContainer): CarriedNetworks {
  const mode = container.HostConfig.NetworkMode ?? '';
  if (NO_NETWORKS.test(mode)) return { primary: undefined, others: [] };
  const ownNames = new Set([container.Id.slice(0, 12), String(container.Config['Hostname'] ?? '')]);
  let primary: NetworkAttachment | undefined;
  const others: NetworkAttachment[] = [];
  for (const [network, endpoint] of Object.entries(container.NetworkSettings.Networks ?? {})) {
    const isPrimary = DEFAULT_BRIDGE.test(mode) ? network === 'bridge' : isNetwork(mode, network, endpoint);
    const attachment = { network, endpoint: endpointConfig(network, endpoint, ownNames) };
    if (isPrimary) primary = attachment;
    else others.push(attachment);
  }
  return { primary, others: others.sort((a, b) => (a.network < b.network ? -1 : 1)) };
}

function isNetwork(mode: string, network: string, endpoint: Endpoint): boolean {
  return network === mode || (mode.length >= 12 && (endpoint.NetworkID?.startsWith(mode) ?? false));
}

/** Aliases without the container's short id and host name, which the engine adds by itself at every start. */
function endpointConfig(
  network: string,
  endpoint: Endpoint,
  ownNames: ReadonlySet<string>,
): Record<string, unknown> {
  // On the default bridge the engine takes neither aliases nor addresses.
  if (network === 'bridge') return {};
  const aliases = (endpoint.Aliases ?? []).filter(alias => !ownNames.has(alias));
  const ipam = endpoint['IPAMConfig'];
  return {
    ...(hasContent(ipam) && { IPAMConfig: ipam }),
    ...(hasContent(endpoint['Links']) && { Links: endpoint['Links'] }),
    ...(aliases.length > 0 && { Aliases: [...new Set(aliases)] }),
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
