import type { InspectedContainer, ListedNetwork } from './inspected.ts';
import { carryNetworks, type NetworkAttachment } from './network-carry.ts';

/**
 * The networks of a stopped container that were removed, and made again by the same name, since it joined them. It
 * cannot be started before it joined the new ones: the engine looks for the old ones by their ids.
 * @param networks those that there are now
 */
export function lostNetworks(
  container: InspectedContainer,
  networks: readonly ListedNetwork[],
  apiVersion: string,
): readonly NetworkAttachment[] {
  if (container.State.Running) return [];
  const ids = new Set(networks.map(({ Id }) => Id));
  const names = new Set(networks.map(({ Name }) => Name));
  const { primary, others } = carryNetworks(container, apiVersion);
  const attached = primary === undefined ? others : [primary, ...others];
  return attached.filter(({ network }) => {
    const joined = container.NetworkSettings.Networks?.[network]?.NetworkID;
    return joined && !ids.has(joined) && names.has(network);
  });
}
