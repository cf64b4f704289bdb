import type { LostNetwork } from '../container/lost-networks.ts';
import { parseReference } from '../image/reference.ts';
import { memberLabel } from './member-label.ts';
import {
  isNamedByUser,
  nameIsForeign,
  type ObservedContainer,
  type ObservedMember,
  type Predecessor,
  type StandIn,
} from './observed.ts';
import { planMake } from './plan-make.ts';
import { armed, samePolicy } from './restart-policies.ts';
import type { Member, Rollout } from './rollout.ts';
import type { Step } from './step.ts';

/** How a container comes to be there again. */
export interface Restoration {
  readonly steps: readonly Step[];
  /** Its id, or the name that it is made under; undefined where there is none to go back to. */
  readonly container: string | undefined;
}

const NEVER = { Name: 'no', MaximumRetryCount: 0 };

/** What is known of how a rollout went, beside what is left of it. */
export interface Course {
  /** Whether the predecessors may have been stopped. */
  readonly wasSwitching: boolean;
  /** Whether it ended because somebody had changed a container: what they made of it stays. */
  readonly byHand: boolean;
}

/** Brings the container of a member back under its name, from whatever the engine has of it. */
export function planRestore(
  rollout: Rollout,
  member: Member,
  found: ObservedMember,
  course: Course,
): Restoration {
  const { predecessor, standIn } = found;
  if (nameIsForeign(found)) return { steps: leaveTheName(member, predecessor), container: undefined };
  if (!course.wasSwitching) {
    const steps = predecessor === undefined ? [] : letBe(member, predecessor, course);
    return { steps, container: predecessor?.id };
  }
  const isLeaving = predecessor === undefined || mayBeStopping(member, predecessor);
  if (member.vanishes && isLeaving && standIn !== undefined) return fromCopy(rollout, member, found, standIn);
  return {
    steps: predecessor === undefined ? [] : bringBack(member, predecessor),
    container: predecessor?.id,
  };
}

/** A person may have put the copy itself in place already. */
function fromCopy(rollout: Rollout, member: Member, found: ObservedMember, standIn: StandIn): Restoration {
  return standIn.name === member.name
    ? { steps: bringBack(member, { ...standIn, lostNetworks: [] }), container: standIn.id }
    : { steps: makeAgain(rollout, member, found, standIn), container: member.name };
}

/**
 * Nothing was stopped or renamed by us, so names are as people want them. One that is down was ended by the engine,
 * unless it is known that a person did it.
 */
function letBe(member: Member, predecessor: Predecessor, { byHand }: Course): Step[] {
  const base = { subject: member.name, container: predecessor.id };
  const isDown = member.running && !predecessor.running && !member.vanishes;
  return [
    ...disarm(member, predecessor),
    ...(isDown && !byHand ? [{ kind: 'start', ...base, cause: 'the old one serves again' } as const] : []),
  ];
}

/** Takes back the restart policy that was set in case of a power cut, and no other. */
function disarm(member: Member, { id: container, restart }: ObservedContainer): Step[] {
  if (samePolicy(restart, member.restart) || !samePolicy(restart, armed(member.restart))) return [];
  return [
    {
      kind: 'restart-policy',
      subject: member.name,
      container,
      policy: member.restart,
      cause: 'as it was before',
    },
  ];
}

/** Somebody made a container of this name meanwhile. Theirs stays; the old one must not fight it at boot. */
function leaveTheName(member: Member, predecessor: ObservedContainer | undefined): Step[] {
  if (predecessor === undefined) return [];
  if (isNamedByUser(member, predecessor)) return disarm(member, predecessor);
  if (samePolicy(predecessor.restart, NEVER)) return [];
  return [
    {
      kind: 'restart-policy',
      subject: member.name,
      container: predecessor.id,
      policy: NEVER,
      cause: 'somebody else uses the name now',
    },
  ];
}

/**
 * Whether it is down, or may be about to: a stop that was begun goes on in the engine, and the container reads as
 * running until it is over.
 */
function mayBeStopping(member: Member, predecessor: ObservedContainer): boolean {
  const isAsItWas =
    predecessor.name === member.name &&
    member.startedAt !== undefined &&
    member.startedAt === predecessor.startedAt;
  return !predecessor.running || isAsItWas;
}

function bringBack(member: Member, predecessor: Predecessor): Step[] {
  const base = { subject: member.name, container: predecessor.id };
  const steps: Step[] = [];
  if (predecessor.name !== member.name)
    steps.push({ kind: 'rename', ...base, to: member.name, cause: 'the old one takes its name again' });
  if (!samePolicy(predecessor.restart, member.restart))
    steps.push({ kind: 'restart-policy', ...base, policy: member.restart, cause: 'as it was before' });
  // What the engine removes when it stops is not stopped where there is nothing to make it from again.
  const isStopping = !member.vanishes && predecessor.running && mayBeStopping(member, predecessor);
  if (isStopping) steps.push(seeStopThrough(member, predecessor));
  steps.push(...predecessor.lostNetworks.flatMap(each => joinAgain(member, predecessor, each)));
  if (member.running && (isStopping || !predecessor.running))
    steps.push({ kind: 'start', ...base, cause: 'the old one serves again' });
  return steps;
}

/** By its name it would go on looking for the network that is gone. */
function joinAgain(
  { name: subject }: Member,
  { id: container }: Predecessor,
  { network, endpoint, isStale }: LostNetwork,
): Step[] {
  const base = { subject, container, network, cause: 'another network of that name was made meanwhile' };
  return [
    ...(isStale ? [{ kind: 'disconnect', ...base } as const] : []),
    { kind: 'connect', ...base, endpoint },
  ];
}

function seeStopThrough(
  { name: subject, stopGrace: grace }: Member,
  { id: container }: ObservedContainer,
): Step {
  return {
    kind: 'stop',
    subject,
    container,
    grace,
    cause: 'a stop may still be under way, and is seen through',
  };
}

/** The engine removed it, or is about to. The copy stays until what is made from it is proven. */
function makeAgain(rollout: Rollout, member: Member, found: ObservedMember, standIn: StandIn): Step[] {
  const { predecessor } = found;
  const { name: subject } = member;
  const leaving: Step[] =
    predecessor === undefined
      ? []
      : [
          ...(predecessor.running ? [seeStopThrough(member, predecessor)] : []),
          {
            kind: 'remove',
            subject,
            container: predecessor.id,
            cause: 'removed by the engine itself (--rm)',
          },
        ];
  const make = planMake({
    blueprint: standIn.blueprint,
    name: subject,
    from: member.reference,
    label: memberLabel(rollout, member, 'restored'),
    copyOf: standIn.id,
    cause: 'the old one, as its copy has it',
  });
  return [
    ...leaving,
    ...onOldTag(member, found, make),
    { kind: 'start', subject, container: subject, cause: 'the old one serves again' },
  ];
}

/** It is made from its own reference, so that must name its image meanwhile. */
function onOldTag(member: Member, found: ObservedMember, make: readonly Step[]): readonly Step[] {
  const reference = parseReference(member.reference);
  const { taggedImage } = found;
  if (reference === undefined || taggedImage === member.fromImage) return make;
  const tag = (image: string, cause: string): Step => ({
    kind: 'tag',
    subject: member.name,
    reference,
    image,
    cause,
  });
  return [
    tag(member.fromImage, 'by image id: the tag itself has moved on'),
    ...make,
    ...(taggedImage === undefined || tagGoesBack(member, found)
      ? []
      : [tag(taggedImage, 'somebody else runs what it named')]),
  ];
}

/**
 * Whether a member's tag is to point at its old image again: only where it still points at what we pulled (if
 * somebody moved it since, that is their wish), nobody else runs that, and there is something to point it back at.
 */
export function tagGoesBack(member: Member, found: ObservedMember): boolean {
  const isOurs =
    found.newImage !== undefined &&
    found.taggedImage === found.newImage &&
    found.newImage !== member.fromImage;
  return isOurs && found.oldImageIsHere && !found.newImageUsedElsewhere;
}
