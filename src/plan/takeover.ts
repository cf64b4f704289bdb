import type { EngineTraits, Spec } from '../container/carry-over.ts';
import type { InspectedContainer, InspectedImage } from '../container/inspected.ts';
import type { Reference } from '../image/reference.ts';
import type { Strategy } from './choose-strategy.ts';
import type { HealthDemand } from './health-demand.ts';
import type { Member } from './rollout.ts';

/** A member with what only memory holds while it is replaced: its spec, which may contain secrets. */
export interface Takeover {
  readonly member: Member;
  /** The predecessor as it was when all this was planned. */
  readonly seen: InspectedContainer;
  /** The image that it runs. */
  readonly oldImage: InspectedImage;
  /** Undefined where only the container is made anew, and its image's name is none that a registry knows. */
  readonly reference: Reference | undefined;
  /** What ties it to another of the set: `uses the network of gateway`. */
  readonly follows: string | undefined;
  /** `os/architecture[/variant]` where it is not the engine's own. */
  readonly platform: string | undefined;
  readonly spec: Spec;
  readonly traits: EngineTraits;
  readonly demand: HealthDemand;
  readonly strategy: Strategy;
  /** What the user wants of that and cannot have, and why: a sentence without a full stop. */
  readonly notice: string | undefined;
}

/** A takeover whose new image is on the host. */
export interface ReadyTakeover extends Takeover {
  readonly image: InspectedImage;
}
