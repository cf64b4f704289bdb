import type { EngineTraits } from '../container/carry-over.ts';
import type {
  Change,
  ContainerSummary,
  InspectedContainer,
  InspectedImage,
  ListedImage,
  ListedNetwork,
  RestartPolicy,
} from '../container/inspected.ts';
import type { Digest } from '../image/digest.ts';
import type { Platform } from '../image/platform.ts';
import type { Reference } from '../image/reference.ts';
import type { EngineEvent } from '../plan/blame-events.ts';

/** What the engine says of itself. */
export interface EngineIdentity extends EngineTraits {
  /** Stays the same over restarts; another id is another engine. */
  readonly id: string;
  readonly version: string;
  readonly platform: Platform;
  /** Where published ports are reached: `127.0.0.1`, or the engine's host. */
  readonly address: string;
  /** Registries (host and port) and networks (CIDR) that may be spoken to without TLS. */
  readonly insecureRegistries: readonly string[];
  /** The addresses that it asks before Docker Hub itself. */
  readonly hubMirrors?: readonly string[];
  /** Whether it lists a repo digest for images that were built or tagged here, too, as Podman does. */
  readonly digestsForAll?: boolean;
}

/** Where and how an engine runs, as far as that makes a difference to people. */
export interface EngineSurroundings {
  readonly product: 'Docker' | 'Podman';
  /** Whether it belongs to a user instead of root. */
  readonly isRootless: boolean;
  /** Whether it runs in the virtual machine of Docker Desktop. */
  readonly isDesktop: boolean;
  /** The host name of its machine, by its own word. */
  readonly hostname: string;
  /** The folders of its machine that hold images, the engine's own first. */
  readonly dataRoots: readonly string[];
  /** What time it is there, in milliseconds since 1970; undefined where it does not tell. */
  readonly time: number | undefined;
}

/** Credentials as the engine takes them for a pull. */
export type PullCredentials =
  | { readonly username: string; readonly password: string }
  | { readonly identitytoken: string };

/** What a registry offers under a name, as the engine sees it. */
export interface Distribution {
  readonly digest: Digest;
  /** None, where it cannot tell. */
  readonly platforms: readonly Platform[];
}

export interface ImagePull {
  readonly reference: Reference;
  /** The manifest that is taken, whatever the tag points at. */
  readonly digest: Digest;
  readonly platform: string | undefined;
  readonly credentials: PullCredentials | undefined;
}

/** How far a pull has come, over all layers. Bytes. */
export interface PullProgress {
  readonly received: number;
  readonly total: number;
}

/** Looks at a container or an image. */
export interface Inspector {
  /** @returns undefined if there is none */
  inspectContainer(container: string): Promise<InspectedContainer | undefined>;
  /** @param image an id, a reference, or a name by digest. @returns undefined if there is none */
  inspectImage(image: string): Promise<InspectedImage | undefined>;
}

/**
 * The Docker Engine, as far as we use it; this list is all that we ever call. Containers are named by id or
 * name. Every call has a deadline, and throws EngineError.
 *
 * A call that changes something and fails with the code `unknown` may have taken effect all the same.
 */
export interface Engine extends Inspector {
  identify(): Promise<EngineIdentity>;
  /** Where and how it runs, at this moment. */
  describe(): Promise<EngineSurroundings>;
  /** All containers, stopped ones too. */
  listContainers(): Promise<readonly ContainerSummary[]>;
  /** Hands out what looks at one, over few connections that are used again until that is over: for hundreds of them. */
  lookAtMany<T>(look: (inspector: Inspector) => Promise<T>): Promise<T>;
  listImages(): Promise<readonly ListedImage[]>;
  /** What a container wrote or removed outside its mounts. @returns nothing if the engine cannot tell */
  changesOf(container: string): Promise<readonly Change[]>;
  /** What the engine remembers of what happened since then. @param since milliseconds since 1970 */
  eventsSince(since: number): Promise<readonly EngineEvent[]>;
  /** Asks a reference's registry, with the engine's own certificates, mirrors and proxies. Podman cannot. */
  distribution(reference: Reference, credentials: PullCredentials | undefined): Promise<Distribution>;
  pullImage(
    pull: ImagePull,
    onProgress: (progress: PullProgress) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Lets `repository:tag` point at an image that is on the host. */
  tagImage(image: string, reference: Reference): Promise<void>;
  /** Removes a name of an image; one that is used, or that others are built on, stays. Nothing happens if there is none. */
  removeImage(image: string): Promise<void>;
  createContainer(name: string, body: object, platform: string | undefined): Promise<void>;
  /** Removes a volume that no container uses; nothing happens to any other. */
  removeVolume(volume: string): Promise<void>;
  listNetworks(): Promise<readonly ListedNetwork[]>;
  connectNetwork(network: string, container: string, endpoint: object): Promise<void>;
  /** Takes a container off a network, whether that is still there or not. */
  disconnectNetwork(network: string, container: string): Promise<void>;
  setRestartPolicy(container: string, policy: RestartPolicy): Promise<void>;
  /** Nothing happens if it is stopped already. @param grace seconds until it is killed */
  stopContainer(container: string, grace: number): Promise<void>;
  /** Nothing happens if it runs already. */
  startContainer(container: string): Promise<void>;
  renameContainer(container: string, name: string): Promise<void>;
  /**
   * Removes a stopped container; its volumes stay. Nothing happens if there is none.
   * @param withVolumes whether those that the engine made for it alone, which have no name, go too
   * @returns `going` where the engine is removing it already, by itself
   */
  removeContainer(container: string, withVolumes?: boolean): Promise<'gone' | 'going'>;
}
