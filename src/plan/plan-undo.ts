import { successorName } from '../container/names.ts';
import { nameByDigest, parseReference } from '../image/reference.ts';
import {
  nameIsForeign,
  type ObservedContainer,
  type ObservedMember,
  type ObservedRollout,
} from './observed.ts';
import type { Member, Rollout } from './rollout.ts';
import type { Step } from './step.ts';

/**
 * Leads a rollout back to where it began, from whatever the engine has now. Planned from an engine that is back
 * already it is empty, so it may be planned and carried out any number of times.
 * @param wasSwitching whether the predecessor may have been stopped; then going back has to be proven
 */
export function planUndo(
  rollout: Rollout,
  observed: ObservedRollout,
  wasSwitching: boolean,
): readonly Step[] {
  const seen = rollout.members.flatMap(member => {
    const found = observed.get(member.name);
    return found === undefined ? [] : [{ member, found }];
  });
  const followersFirst = seen.toReversed();
  return [
    ...followersFirst.flatMap(({ member, found }) => stopSuccessor(member, found)),
    ...followersFirst.flatMap(({ member, found }) => freeName(rollout, member, found)),
    ...seen.flatMap(({ member, found }) => restorePredecessor(member, found, wasSwitching)),
    ...seen.flatMap(({ member, found }) => putTagBack(member, found)),
    ...seen.flatMap(({ member, found }) => verifyPredecessor(member, found, wasSwitching)),
    ...followersFirst.flatMap(({ member, found }) => removeSuccessor(member, found)),
    ...seen.flatMap(({ member, found }) => removeNewImage(member, found)),
  ];
}

function stopSuccessor(member: Member, { successor }: ObservedMember): Step[] {
  if (!successor?.running) return [];
  return [
    {
      kind: 'stop',
      subject: member.name,
      container: successor.id,
      grace: member.stopGrace,
      cause: 'the new one makes way',
    },
  ];
}

function freeName(rollout: Rollout, member: Member, { successor }: ObservedMember): Step[] {
  if (successor?.name !== member.name) return [];
  return [
    {
      kind: 'rename',
      subject: member.name,
      container: successor.id,
      to: successorName(member.name, rollout.id),
      cause: 'gives the name back',
    },
  ];
}

/**
 * Only where the tag still points at what we pulled (if somebody moved it since, that is their wish), nobody else
 * runs that, and there is something to point it back at.
 */
function putTagBack(member: Member, found: ObservedMember): Step[] {
  const reference = parseReference(member.reference);
  const isOurs =
    found.newImage !== undefined &&
    found.taggedImage === found.newImage &&
    found.newImage !== member.fromImage;
  const isKept = !found.oldImageIsHere || found.newImageUsedElsewhere;
  if (!isOurs || reference === undefined || isKept) return [];
  return [
    {
      kind: 'tag',
      subject: member.name,
      reference,
      image: member.fromImage,
      cause: 'by image id: the tag itself has moved on',
    },
  ];
}

/** A stop that was begun goes on in the engine, and the container reads as running until it is over. */
function stopMayBeUnderWay(member: Member, predecessor: ObservedContainer): boolean {
  return (
    predecessor.running &&
    predecessor.name === member.name &&
    member.startedAt !== undefined &&
    member.startedAt === predecessor.startedAt
  );
}

function restorePredecessor(member: Member, found: ObservedMember, wasSwitching: boolean): Step[] {
  const { predecessor } = found;
  if (predecessor === undefined) return [];
  // Somebody made a container of this name meanwhile. Theirs stays; the old one must not fight it at boot.
  if (nameIsForeign(found)) {
    return predecessor.restart.Name === 'no'
      ? []
      : [
          {
            kind: 'restart-policy',
            subject: member.name,
            container: predecessor.id,
            policy: { Name: 'no', MaximumRetryCount: 0 },
            cause: 'somebody else uses the name now',
          },
        ];
  }
  const steps: Step[] = [];
  if (predecessor.name !== member.name) {
    steps.push({
      kind: 'rename',
      subject: member.name,
      container: predecessor.id,
      to: member.name,
      cause: 'the old one takes its name again',
    });
  }
  if (!samePolicy(predecessor.restart, member.restart)) {
    steps.push({
      kind: 'restart-policy',
      subject: member.name,
      container: predecessor.id,
      policy: member.restart,
      cause: 'as it was before',
    });
  }
  const isStopping = wasSwitching && stopMayBeUnderWay(member, predecessor);
  if (isStopping) {
    steps.push({
      kind: 'stop',
      subject: member.name,
      container: predecessor.id,
      grace: member.stopGrace,
      cause: 'a stop may still be under way, and is seen through',
    });
  }
  if (member.running && (isStopping || !predecessor.running)) {
    steps.push({
      kind: 'start',
      subject: member.name,
      container: predecessor.id,
      cause: 'the old one serves again',
    });
  }
  return steps;
}

function verifyPredecessor(member: Member, found: ObservedMember, prove: boolean): Step[] {
  const { predecessor } = found;
  if (!prove || predecessor === undefined || !member.running || nameIsForeign(found)) return [];
  return [
    {
      kind: 'verify',
      subject: member.name,
      container: predecessor.id,
      demand: found.demand,
      cause: 'going back is proven like going forward',
    },
  ];
}

function removeSuccessor(member: Member, { successor, freshVolumes }: ObservedMember): Step[] {
  if (successor === undefined) return [];
  const subject = member.name;
  const cause = 'made by us, and not wanted';
  return [
    { kind: 'remove', subject, container: successor.id, cause },
    ...freshVolumes.map(
      (volume): Step => ({ kind: 'remove-volume', subject, volume, cause: 'made with it' }),
    ),
  ];
}

/** Only an image that we brought, and only while nothing else runs it. */
function removeNewImage(member: Member, found: ObservedMember): Step[] {
  const { target } = member;
  const reference = parseReference(member.reference);
  if (target.kind !== 'offered' || !target.pulled || reference === undefined) return [];
  if (found.newImage === undefined || found.newImage === member.fromImage || found.newImageUsedElsewhere)
    return [];
  return [
    {
      kind: 'remove-image',
      subject: member.name,
      image: nameByDigest(reference, target.digest),
      cause: 'pulled by us, and not wanted',
    },
  ];
}

export function samePolicy(a: Member['restart'], b: Member['restart']): boolean {
  const name = (policy: Member['restart']) => policy.Name || 'no';
  return name(a) === name(b) && a.MaximumRetryCount === b.MaximumRetryCount;
}
