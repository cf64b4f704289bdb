import type { ContainerSummary, InspectedContainer } from './inspected.ts';

/** What refreshd itself stands on, and so cannot take away while it works. */
export interface OwnPlace {
  /**
   * The id of the container that it runs in; where that has its network of another, the engine gives both the same
   * host name, and this is the id of the other.
   */
  readonly container: string | undefined;
  /** The port of the engine's host by which it reaches the engine, where that is no socket. */
  readonly enginePort: number | undefined;
}

/** What is looked at of a container. */
interface Neighbour {
  readonly id: string;
  readonly networkMode: string | null | undefined;
  /** Of the host. */
  readonly publishedPorts: readonly number[];
}

/** Why a container that is listed is left alone on refreshd's own account; undefined if it need not be. */
export function whyOwnListed(summary: ContainerSummary, own: OwnPlace): string | undefined {
  const publishedPorts = (summary.Ports ?? []).flatMap(({ PublicPort }) => PublicPort ?? []);
  return whyOwn({ id: summary.Id, networkMode: summary.HostConfig?.NetworkMode, publishedPorts }, own);
}

/** The same for one that was looked at. */
export function whyOwnInspected(container: InspectedContainer, own: OwnPlace): string | undefined {
  const bindings = Object.values(container.NetworkSettings.Ports ?? {}).flatMap(each => each ?? []);
  const publishedPorts = bindings.map(({ HostPort }) => Number(HostPort));
  return whyOwn({ id: container.Id, networkMode: container.HostConfig.NetworkMode, publishedPorts }, own);
}

function whyOwn({ id, networkMode, publishedPorts }: Neighbour, own: OwnPlace): string | undefined {
  if (own.container !== undefined && (id === own.container || networkMode === `container:${own.container}`))
    return 'refreshd itself runs in it, or has its network: it would stop itself in the middle';
  return own.enginePort !== undefined && publishedPorts.includes(own.enginePort)
    ? 'refreshd reaches the engine through it: it would cut itself off in the middle'
    : undefined;
}
