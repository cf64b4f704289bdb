import { predecessorName } from '../container/names.ts';
import { keptReference } from '../image/kept-reference.ts';
import {
  hasWayBack,
  isNamedByUser,
  nameIsForeign,
  type ObservedContainer,
  type ObservedMember,
  type ObservedRollout,
} from './observed.ts';
import { planLeftoverDismissal } from './plan-preflight.ts';
import { samePolicy } from './restart-policies.ts';
import type { Member, Rollout } from './rollout.ts';
import type { Step } from './step.ts';

const NEVER = { Name: 'no', MaximumRetryCount: 0 };

/**
 * Finishes a committed rollout, from whatever the engine has now: the successor for good, the predecessor gone.
 * Planned from an engine where that is so already it is empty.
 */
export function planSettle(rollout: Rollout, observed: ObservedRollout): readonly Step[] {
  const seen = rollout.members.flatMap(member => {
    const found = observed.get(member.name);
    return found === undefined ? [] : [{ member, found }];
  });
  const old = seen.flatMap(({ member, found: { predecessor } }) =>
    predecessor === undefined ? [] : [{ member, predecessor }],
  );
  const replaced = seen.filter(
    ({ member, found }) => hasWayBack(found, true) && !isAllThereIs(member, found),
  );
  const kept = seen.flatMap(({ member, found }) =>
    found.successor === undefined || nameIsForeign(found)
      ? []
      : [{ member, found, successor: found.successor }],
  );
  const unwanted = seen.flatMap(({ member, found }) =>
    found.successor === undefined || !nameIsForeign(found) ? [] : [{ member, successor: found.successor }],
  );
  return [
    ...old.flatMap(({ member, predecessor }) => freeName(rollout, member, predecessor)),
    ...kept.flatMap(({ member, successor }) => keep(member, successor)),
    ...old.toReversed().flatMap(({ member, predecessor }) => disarm(member, predecessor)),
    ...kept.flatMap(({ member, found, successor }) => run(member, found, successor)),
    ...replaced.flatMap(({ member, found: { isKept } }) => (isKept ? [] : keepImage(rollout, member))),
    ...replaced
      .toReversed()
      .flatMap(({ member, found: { predecessor, standIn } }) =>
        [predecessor, standIn].flatMap(each =>
          each === undefined || isNamedByUser(member, each)
            ? []
            : [remove(member, each, 'replaced; its volumes stay')],
        ),
      ),
    ...unwanted.flatMap(({ member, successor }) => giveWay(member, successor)),
    ...seen.flatMap(({ member, found }) => planLeftoverDismissal(member, found)),
  ];
}

/** Where somebody else uses the name by now, and nobody took the new one, the old one is all that is left. */
export function isAllThereIs(member: Member, found: ObservedMember): boolean {
  const { successor } = found;
  return nameIsForeign(found) && !(successor !== undefined && isNamedByUser(member, successor));
}

/** The image loses its last name otherwise, and the next clean-up of the host would take it. */
function keepImage(rollout: Rollout, member: Member): Step[] {
  if (member.target.kind === 'same') return [];
  return [
    {
      kind: 'tag',
      subject: member.name,
      reference: keptReference(member.name, rollout.id),
      image: member.fromImage,
      cause: 'kept for a rollback',
    },
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
  if (successor.name !== subject && !isNamedByUser(member, successor))
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

/** One that went down after it was proven is proven again, as long as there is one to go back to. */
function run(member: Member, found: ObservedMember, successor: ObservedContainer): Step[] {
  if (!member.running || successor.running) return [];
  const base = { subject: member.name, container: successor.id };
  const start: Step = { kind: 'start', ...base, cause: 'it shall run' };
  const demand = { ...found.demand, image: successor.image };
  return hasWayBack(found, true)
    ? [start, { kind: 'verify', ...base, demand, cause: 'it went down after it was proven' }]
    : [start];
}

/** Somebody made another container of the name: ours goes, unless they gave it a name of their own. */
function giveWay(member: Member, successor: ObservedContainer): Step[] {
  if (isNamedByUser(member, successor)) return [];
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
