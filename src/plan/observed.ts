import type { RestartPolicy } from '../container/inspected.ts';
import type { LostNetwork } from '../container/lost-networks.ts';
import { parseRolloutName } from '../container/names.ts';
import type { HealthDemand } from './health-demand.ts';
import type { Blueprint } from './plan-make.ts';
import type { Member } from './rollout.ts';

/** A container of a rollout as the engine has it now. */
export interface ObservedContainer {
  readonly id: string;
  readonly name: string;
  /** The id of the image that it runs. */
  readonly image: string;
  /** Running in the engine's sense: a paused or restarting one counts. */
  readonly running: boolean;
  readonly restart: RestartPolicy;
  /** When it was started last, in the engine's words; undefined for one that never was. */
  readonly startedAt: string | undefined;
}

/** A copy of a container that the engine removes when it stops: never started, and what going back is made from. */
export interface StandIn extends ObservedContainer {
  readonly blueprint: Blueprint;
}

/** The one that was there at the beginning, or what was made of its copy to be it again. */
export interface Predecessor extends ObservedContainer {
  /** Networks that it has to join anew before it can start. */
  readonly lostNetworks: readonly LostNetwork[];
}

/** What the engine has of one member of a rollout: the truth that going on or going back is planned from. */
export interface ObservedMember {
  readonly predecessor: Predecessor | undefined;
  readonly standIn: StandIn | undefined;
  readonly successor: ObservedContainer | undefined;
  /** A copy in which an image was tried beside the predecessor. */
  readonly preflight: ObservedContainer | undefined;
  /** The id of whichever container bears the member's name. */
  readonly nameHolder: string | undefined;
  /** The image id that the member's reference points at on the host. */
  readonly taggedImage: string | undefined;
  /** Whether the image that the predecessor runs is still on the host. */
  readonly oldImageIsHere: boolean;
  /** Whether that image need not be given a name for keeping, because it has one or is to be kept no longer. */
  readonly isKept: boolean;
  /** Volumes without a name that the engine made for the successor. */
  readonly freshVolumes: readonly string[];
  /** The id of the image to be taken, if it is on the host. */
  readonly newImage: string | undefined;
  /** Whether a container of nobody in this rollout runs the new image, by a name of its repository. */
  readonly newImageUsedElsewhere: boolean;
  /** What the predecessor must show when it is put back. */
  readonly demand: HealthDemand;
}

/** By member name. */
export type ObservedRollout = ReadonlyMap<string, ObservedMember>;

/** Whether the member's name was taken by a container that is neither the old one nor ours. */
export function nameIsForeign(seen: ObservedMember): boolean {
  const { nameHolder, predecessor, successor, standIn } = seen;
  return nameHolder !== undefined && ![predecessor, successor, standIn].some(own => own?.id === nameHolder);
}

/** Whether there is something that going back can end with. */
export function hasWayBack({ predecessor, standIn }: ObservedMember, wasSwitching: boolean): boolean {
  return predecessor !== undefined || (wasSwitching && standIn !== undefined);
}

/** Whoever gave a container a name of their own in the middle of it wants to have it, and under that name. */
export function isNamedByUser(member: Member, { name }: ObservedContainer): boolean {
  return name !== member.name && parseRolloutName(name) === undefined;
}
