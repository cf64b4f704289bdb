import { successorName } from '../container/names.ts';
import { nameByDigest, parseReference } from '../image/reference.ts';
import { demandOfRestored } from './health-demand.ts';
import {
  isNamedByUser,
  type ObservedContainer,
  type ObservedMember,
  type ObservedRollout,
} from './observed.ts';
import { planLeftoverDismissal } from './plan-preflight.ts';
import { type Course, planRestore, type Restoration, tagGoesBack } from './plan-restore.ts';
import type { Member, Rollout } from './rollout.ts';
import type { Step } from './step.ts';

/**
 * Leads a rollout back to where it began, from whatever the engine has now. Planned from an engine that is back
 * already it is empty, so it may be planned and carried out any number of times.
 * Where the predecessor may have been stopped, going back has to be proven.
 */
export function planUndo(rollout: Rollout, observed: ObservedRollout, course: Course): readonly Step[] {
  const seen = rollout.members.flatMap(member => {
    const found = observed.get(member.name);
    if (found === undefined) return [];
    return [{ member, found, restoration: planRestore(rollout, member, found, course) }];
  });
  const followersFirst = seen.toReversed();
  return [
    ...followersFirst.flatMap(({ member, found }) => stopSuccessor(member, found)),
    ...followersFirst.flatMap(({ member, found }) => freeName(rollout, member, found)),
    ...seen.flatMap(({ restoration }) => restoration.steps),
    ...seen.flatMap(({ member, found, restoration }) => putTagBack(member, found, restoration)),
    ...seen.flatMap(({ member, found, restoration }) =>
      verifyRestored(member, found, restoration, course.wasSwitching),
    ),
    ...followersFirst.flatMap(({ member, found }) => removeSuccessor(member, found)),
    ...followersFirst.flatMap(({ member, found }) => removeStandIn(member, found)),
    ...seen.flatMap(({ member, found }) => planLeftoverDismissal(member, found)),
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

/** What the engine removes when it stops cannot be renamed any more. */
function freeName(rollout: Rollout, member: Member, { successor }: ObservedMember): Step[] {
  if (successor?.name !== member.name) return [];
  if (member.vanishes) return [unwanted(member, successor)];
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

function putTagBack(member: Member, found: ObservedMember, restoration: Restoration): Step[] {
  const reference = parseReference(member.reference);
  const isBack = restoration.steps.some(({ kind }) => kind === 'tag');
  if (reference === undefined || isBack || !tagGoesBack(member, found)) return [];
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

function verifyRestored(
  member: Member,
  { demand }: ObservedMember,
  { container }: Restoration,
  prove: boolean,
): Step[] {
  if (!prove || container === undefined || !member.running) return [];
  return [
    {
      kind: 'verify',
      subject: member.name,
      container,
      demand: demandOfRestored(demand),
      cause: 'going back is proven like going forward',
    },
  ];
}

function removeSuccessor(member: Member, { successor, freshVolumes }: ObservedMember): Step[] {
  if (successor === undefined) return [];
  const isGone = member.vanishes && successor.name === member.name;
  return [
    ...(isGone ? [] : [unwanted(member, successor)]),
    ...freshVolumes.map(
      (volume): Step => ({ kind: 'remove-volume', subject: member.name, volume, cause: 'made with it' }),
    ),
  ];
}

function unwanted({ name: subject }: Member, { id: container }: ObservedContainer): Step {
  return { kind: 'remove', subject, container, cause: 'made by us, and not wanted' };
}

/** Unless a person took it: by a name of their own, or in place of the old one. */
function removeStandIn(member: Member, { standIn }: ObservedMember): Step[] {
  if (standIn === undefined || standIn.name === member.name || isNamedByUser(member, standIn)) return [];
  const cause = 'nothing has to be made from it any more';
  return [{ kind: 'remove', subject: member.name, container: standIn.id, cause }];
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
