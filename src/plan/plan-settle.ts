import { predecessorName } from '../container/names.ts';
import { nameIsForeign, type ObservedMember, type ObservedRollout } from './observed.ts';
import { samePolicy } from './plan-undo.ts';
import type { Member, Rollout } from './rollout.ts';
import type { Step } from './step.ts';

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
  const subject = member.name;
  const steps: Step[] = [];
  if (predecessor !== undefined) {
    // After a power cut the armed predecessor may be up and hold the port: it goes down before the new one starts.
    if (predecessor.restart.Name !== 'no' && predecessor.restart.Name !== '') {
      steps.push({
        kind: 'restart-policy',
        subject,
        container: predecessor.id,
        policy: { Name: 'no', MaximumRetryCount: 0 },
        cause: 'the engine must not bring it back',
      });
    }
    if (predecessor.running) {
      steps.push({
        kind: 'stop',
        subject,
        container: predecessor.id,
        grace: member.stopGrace,
        cause: 'the new one is proven',
      });
    }
    if (predecessor.name === subject) {
      steps.push({
        kind: 'rename',
        subject,
        container: predecessor.id,
        to: predecessorName(subject, rollout.id),
        cause: 'the name belongs to the new one',
      });
    }
  }
  if (successor !== undefined) steps.push(...keepSuccessor(member, found, successor));
  if (predecessor !== undefined) {
    steps.push({ kind: 'remove', subject, container: predecessor.id, cause: 'replaced; its volumes stay' });
  }
  return steps;
}

function keepSuccessor(
  member: Member,
  found: ObservedMember,
  successor: NonNullable<ObservedMember['successor']>,
): Step[] {
  const subject = member.name;
  const steps: Step[] = [];
  if (successor.name !== subject && !nameIsForeign(found)) {
    steps.push({
      kind: 'rename',
      subject,
      container: successor.id,
      to: subject,
      cause: 'takes over the name',
    });
  }
  if (!samePolicy(successor.restart, member.restart)) {
    steps.push({
      kind: 'restart-policy',
      subject,
      container: successor.id,
      policy: member.restart,
      cause: 'as the old one had it',
    });
  }
  if (member.running && !successor.running) {
    steps.push({ kind: 'start', subject, container: successor.id, cause: 'it shall run' });
  }
  return steps;
}
