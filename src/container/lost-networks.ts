import type { InspectedContainer, ListedNetwork } from './inspected.ts';
import { carryNetworks, type NetworkAttachment } from './network-carry.ts';

/** A network that a stopped container has to join anew. */
export interface LostNetwork extends NetworkAttachment {
  /** Whether it still looks for the one of that name that is gone, and has to leave that first. */
  readonly isStale: boolean;
}

/**
 * The networks of a stopped container that were removed, and made again by the same name, since it joined them: the
 * engine looks for the old ones by their ids. And those that it has left for that reason already.
 * @param twin the container that was made to be the same, and shows what it was on
 * @param networks those that there are now
 */
export function lostNetworks(
  container: InspectedContainer,
  twin: InspectedContainer | undefined,
  networks: readonly ListedNetwork[],
  apiVersion: string,
): readonly LostNetwork[] {
  if (container.State.Running) return [];
  const ids = new Set(networks.map(({ Id }) => Id));
  const names = new Set(networks.map(({ Name }) => Name));
  const present = container.NetworkSettings.Networks ?? {};
  const stale = attachments(container, apiVersion).filter(({ network }) => {
    const joined = present[network]?.NetworkID;
    return joined && !ids.has(joined);
  });
  const left = (twin === undefined ? [] : attachments(twin, apiVersion)).filter(
    ({ network }) => !(network in present),
  );
  return [
    ...stale.map(each => ({ ...each, isStale: true })),
    ...left.map(each => ({ ...each, isStale: false })),
  ].filter(({ network }) => names.has(network));
}

function attachments(container: InspectedContainer, apiVersion: string): readonly NetworkAttachment[] {
  const { primary, others } = carryNetworks(container, apiVersion);
  return primary === undefined ? others : [primary, ...others];
}
