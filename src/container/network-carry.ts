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
const FULL_ID = /^[0-9a-f]{64}$/;

/** The networks of a container as they are to be joined again. */
export function carryNetworks(container: InspectedContainer, apiVersion: string): CarriedNetworks {
  const mode = container.HostConfig.NetworkMode ?? '';
  if (NO_NETWORKS.test(mode)) return { primary: undefined, others: [] };
  const ownNames = new Set([container.Id.slice(0, 12), String(container.Config['Hostname'] ?? '')]);
  const networks = new Map(Object.entries(container.NetworkSettings.Networks ?? {}));
  const first = networkOfMode(mode, networks);
  const attach = (network: string, endpoint: Endpoint): NetworkAttachment => {
    const isNamedByMode = network === mode || (network === first && DEFAULT_BRIDGE.test(mode));
    const mac = userMac(container, endpoint, isNamedByMode, apiVersion);
    const config = network === 'bridge' ? bridgeConfig(endpoint) : endpointConfig(endpoint, ownNames);
    return { network, endpoint: { ...config, ...(mac !== undefined && { MacAddress: mac }) } };
  };
  const primary = networks.get(first ?? '');
  const others = [...networks].filter(
    ([network, endpoint]) => network !== first && !(first !== undefined && hasIdOf(mode, endpoint)),
  );
  return {
    primary: first === undefined || primary === undefined ? undefined : attach(first, primary),
    others: others.map(each => attach(...each)).sort((a, b) => (a.network < b.network ? -1 : 1)),
  };
}

/** The name under which the network of the mode is listed. */
function networkOfMode(mode: string, networks: ReadonlyMap<string, Endpoint>): string | undefined {
  const wanted = DEFAULT_BRIDGE.test(mode) ? 'bridge' : mode;
  if (networks.has(wanted)) return wanted;
  const [[name, only] = [], second] = [...networks];
  // Before its first start a container that was given an id shows the name alone.
  if (FULL_ID.test(mode) && second === undefined && !only?.NetworkID) return name;
  return [...networks].find(([, endpoint]) => hasIdOf(mode, endpoint))?.[0];
}

/** Once it ran, a container that was given the beginning of an id lists it beside the name of the same network. */
function hasIdOf(mode: string, endpoint: Endpoint): boolean {
  return mode.length >= 12 && (endpoint.NetworkID?.startsWith(mode) ?? false);
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
