import type { EngineTraits, Spec } from '../container/carry-over.ts';
import type { InspectedImage, RestartPolicy } from '../container/inspected.ts';
import type { UserSet } from '../container/user-set.ts';
import type { Digest } from '../image/digest.ts';
import type { Reference } from '../image/reference.ts';
import type { HealthDemand } from './health-demand.ts';
import type { Blame } from './rollout.ts';

/** Every step says which container it is for, by its plain name, and why it is taken. */
interface Base {
  readonly subject: string;
  readonly cause: string;
}

/** Takes an image from its registry, by digest; no tag moves. */
export interface PullStep extends Base {
  readonly kind: 'pull';
  readonly reference: Reference;
  readonly digest: Digest;
  /** `os/architecture[/variant]` where it is not the engine's own. */
  readonly platform: string | undefined;
}

/** Lets a tag on the host point at an image. */
export interface TagStep extends Base {
  readonly kind: 'tag';
  readonly reference: Reference;
  /** The image's id, or the name by digest under which it was pulled. */
  readonly image: string;
}

/** Makes a container, without starting it. */
export interface CreateStep extends Base {
  readonly kind: 'create';
  readonly name: string;
  readonly rolloutId: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly platform: string | undefined;
  /** The container that a person, who cannot type all this, would take instead. */
  readonly copyOf?: string;
}

/** Joins a created container to one more network. */
export interface ConnectStep extends Base {
  readonly kind: 'connect';
  readonly container: string;
  readonly network: string;
  readonly endpoint: Readonly<Record<string, unknown>>;
}

/** Takes a container off a network that is not the one any more that it joined. */
export interface DisconnectStep extends Base {
  readonly kind: 'disconnect';
  readonly container: string;
  readonly network: string;
}

/** Reads the created container back and holds it against the intended spec. */
export interface CompareStep extends Base {
  readonly kind: 'compare';
  readonly container: string;
  readonly intended: Spec;
  readonly image: InspectedImage;
  readonly userSet: UserSet;
  readonly traits: EngineTraits;
}

export interface RestartPolicyStep extends Base {
  readonly kind: 'restart-policy';
  readonly container: string;
  readonly policy: RestartPolicy;
}

export interface StopStep extends Base {
  readonly kind: 'stop';
  readonly container: string;
  /** Seconds until the engine kills it. */
  readonly grace: number;
}

export interface RenameStep extends Base {
  readonly kind: 'rename';
  readonly container: string;
  readonly to: string;
}

export interface StartStep extends Base {
  readonly kind: 'start';
  readonly container: string;
}

/** Watches a started container until it is proven healthy, or is not. */
export interface VerifyStep extends Base {
  readonly kind: 'verify';
  readonly container: string;
  readonly demand: HealthDemand;
  /** Whose fault it is if it is not, where that is known beforehand. */
  readonly blame?: Blame;
}

/** Sees to it that a stopped container is removed, by us or by the engine itself (`--rm`); its volumes stay. */
export interface RemoveStep extends Base {
  readonly kind: 'remove';
  readonly container: string;
  /** For one that was made to be thrown away: the volumes without a name that the engine made for it go too. */
  readonly withVolumes?: true;
}

/** Removes an image name, and the image with it if that was its last and no container uses it. */
export interface RemoveImageStep extends Base {
  readonly kind: 'remove-image';
  readonly image: string;
}

/** Removes a volume that the engine made for a successor; one that anything uses stays. */
export interface RemoveVolumeStep extends Base {
  readonly kind: 'remove-volume';
  readonly volume: string;
}

/**
 * One thing to do on the engine, every parameter known when it is planned. A container is named by its id, or
 * by a name that only this rollout uses.
 */
export type Step =
  | PullStep
  | TagStep
  | CreateStep
  | ConnectStep
  | DisconnectStep
  | CompareStep
  | RestartPolicyStep
  | StopStep
  | RenameStep
  | StartStep
  | VerifyStep
  | RemoveStep
  | RemoveVolumeStep
  | RemoveImageStep;
