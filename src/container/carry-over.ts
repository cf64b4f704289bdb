import { configDelta, type DeltaContext } from './config-delta.ts';
import { carryHost } from './host-carry.ts';
import type { Config, InspectedContainer } from './inspected.ts';
import { macIsPerNetwork } from './mac-carry.ts';
import { carryMounts } from './mount-carry.ts';
import { carryNetworks, type NetworkAttachment } from './network-carry.ts';
import { NOTHING_SET, type UserSet } from './user-set.ts';

/**
 * What the user asked for when the container was made, free of everything that its image or the engine filled
 * in by itself: the same container can be made from it again, on another image.
 */
export interface Spec {
  readonly config: Readonly<Record<string, unknown>>;
  readonly host: Readonly<Record<string, unknown>>;
  readonly primary: NetworkAttachment | undefined;
  readonly others: readonly NetworkAttachment[];
}

/** What the engine says of itself that a container is read against. */
export interface EngineTraits {
  /** The engine's host name, which containers on its network report as their own. */
  readonly hostname: string;
  /** The log driver of containers that name none. */
  readonly logDriver: string;
  /** The newest API version that it speaks, which is the one we use. */
  readonly apiVersion: string;
  /** What it writes into a container's configuration where neither the user nor the image says anything. */
  readonly filledIn?: Readonly<Record<string, unknown>>;
  /** Whether it lists the user's environment and the image's in no order, and not the user's first. */
  readonly envIsMixed?: boolean;
}

/**
 * Reads a container's spec back from what the engine says of it.
 *
 * @param container the container as inspected
 * @param image the configuration of the image *id* it runs (not of its tag, which may have moved)
 * @param userSet what is known to be the user's although it equals the image's
 */
export function carryOver(
  container: InspectedContainer,
  image: Config,
  traits: EngineTraits,
  userSet: UserSet = NOTHING_SET,
): Spec {
  const context: DeltaContext = {
    containerId: container.Id,
    host: container.HostConfig,
    userSet,
    engineHostname: traits.hostname,
    macIsPerNetwork: macIsPerNetwork(traits.apiVersion),
    envIsMixed: traits.envIsMixed ?? false,
  };
  const { binds, mounts } = carryMounts(container.HostConfig, container.Mounts);
  const { primary, others } = carryNetworks(container, traits.apiVersion);
  return {
    config: configDelta(container.Config, withFilledIn(image, traits), context),
    host: {
      ...carryHost(container.HostConfig, traits),
      ...(binds.length > 0 && { Binds: binds }),
      ...(mounts.length > 0 && { Mounts: mounts }),
    },
    primary,
    others,
  };
}

/** The defaults that a container inherits: its image's, and where that has none the engine's own. */
function withFilledIn(image: Config, { filledIn = {} }: EngineTraits): Config {
  const health = (filledIn['Healthcheck'] ?? {}) as object;
  return {
    ...image,
    ...missingFrom(image, filledIn),
    ...(image.Healthcheck && {
      Healthcheck: { ...image.Healthcheck, ...missingFrom(image.Healthcheck, health) },
    }),
  };
}

function missingFrom(own: object, defaults: object): object {
  const present = new Map(Object.entries(own));
  return Object.fromEntries(Object.entries(defaults).filter(([key]) => !present.get(key)));
}
