import { parseRolloutName, predecessorName } from '../container/names.ts';
import {
  nameIsForeign,
  type ObservedContainer,
  type ObservedMember,
  type ObservedRollout,
} from './observed.ts';
import { samePolicy } from './plan-undo.ts';
import type { Member, Rollout } from './rollout.ts';
import type { Step } from './step.ts';

const NEVER = { Name: 'no', MaximumRetryCount: 0 };

/**
 * Finishes a committed rollout, from whatever the engine has now: the successor for good, the predecessor gone.
 * Planned from an engine where that is so already it is empty.
 */
export function planSettle(rollout: Rollout, observed: ObservedRollout): readonly Step[] {
  return rollout.members.flatMap(member => {
    const found = observed.get(member.name);
    return found === undefined ? [] : settleOne(rollout, member, found);
  });
}

function settleOne(rollout: Rollout, member: Member, found: ObservedMember): Step[] {
  const { predecessor, successor } = found;
  const isForeign = nameIsForeign(found);
  return [
    ...(predecessor === undefined ? [] : freeName(rollout, member, predecessor)),
    ...(successor === undefined || isForeign ? [] : keep(member, successor)),
    ...(predecessor === undefined ? [] : disarm(member, predecessor)),
    ...(successor === undefined || isForeign ? [] : run(member, successor)),
    ...(predecessor === undefined ? [] : [remove(member, predecessor, 'replaced; its volumes stay')]),
    ...(successor !== undefined && isForeign ? giveWay(member, successor) : []),
  ];
}

function freeName(rollout: Rollout, member: Member, predecessor: ObservedContainer): Step[] {
  if (predecessor.name !== member.name) return [];
  const to = predecessorName(member.name, rollout.id);
  return [
    {
      kind: 'rename',
      subject: member.name,
      container: predecessor.id,
      to,
      cause: 'the name belongs to the new one',
    },
  ];
}

/** The new one gets its restart policy before the old one loses it: the engine always has one to bring back. */
function keep(member: Member, successor: ObservedContainer): Step[] {
  const subject = member.name;
  const container = successor.id;
  const steps: Step[] = [];
  if (successor.name !== subject)
    steps.push({ kind: 'rename', subject, container, to: subject, cause: 'takes over the name' });
  if (!samePolicy(successor.restart, member.restart)) {
    steps.push({
      kind: 'restart-policy',
      subject,
      container,
      policy: member.restart,
      cause: 'as the old one had it',
    });
  }
  return steps;
}

/** After a power cut the armed predecessor may be up and hold the port: it goes down before the new one starts. */
function disarm(member: Member, predecessor: ObservedContainer): Step[] {
  const subject = member.name;
  const container = predecessor.id;
  const steps: Step[] = [];
  if (!samePolicy(predecessor.restart, NEVER)) {
    steps.push({
      kind: 'restart-policy',
      subject,
      container,
      policy: NEVER,
      cause: 'the engine must not bring it back',
    });
  }
  if (predecessor.running) {
    steps.push({ kind: 'stop', subject, container, grace: member.stopGrace, cause: 'the new one is proven' });
  }
  return steps;
}

function run(member: Member, successor: ObservedContainer): Step[] {
  if (!member.running || successor.running) return [];
  return [{ kind: 'start', subject: member.name, container: successor.id, cause: 'it shall run' }];
}

/** Somebody made another container of the name: ours goes, unless they gave it a name of their own. */
function giveWay(member: Member, successor: ObservedContainer): Step[] {
  if (parseRolloutName(successor.name) === undefined) return [];
  const stop: Step = {
    kind: 'stop',
    subject: member.name,
    container: successor.id,
    grace: member.stopGrace,
    cause: 'somebody else uses the name now',
  };
  return [...(successor.running ? [stop] : []), remove(member, successor, 'made by us, and not wanted')];
}

function remove(member: Member, { id }: ObservedContainer, cause: string): Step {
  return { kind: 'remove', subject: member.name, container: id, cause };
}
