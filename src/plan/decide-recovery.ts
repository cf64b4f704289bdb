import { nameIsForeign, type ObservedMember, type ObservedRollout } from './observed.ts';
import { planSettle } from './plan-settle.ts';
import { planUndo } from './plan-undo.ts';
import { leader, type Member, type Phase, type Rollout } from './rollout.ts';
import type { Step } from './step.ts';

/** Which way an interrupted rollout goes, with the steps that lead there. */
export interface Recovery {
  /** The way of the container that the rollout is about. */
  readonly way: 'back' | 'forward';
  readonly why: string;
  readonly steps: readonly Step[];
}

interface Way {
  readonly way: Recovery['way'];
  readonly why: string;
}

/**
 * Decides what becomes of a rollout that did not finish. Before commit it leads back, after it forward; but
 * where somebody removed a container meanwhile, the one that is left is kept, whichever it is.
 */
export function decideRecovery(phase: Phase, rollout: Rollout, observed: ObservedRollout): Recovery {
  const wayOf = (member: Member) => decideOne(phase, observed.get(member.name));
  const going = (way: Recovery['way']): Rollout => ({
    ...rollout,
    members: rollout.members.filter(member => wayOf(member).way === way),
  });
  return {
    ...wayOf(leader(rollout)),
    steps: [
      ...planUndo(going('back'), observed, phase !== 'preparing'),
      ...planSettle(going('forward'), observed),
    ],
  };
}

function decideOne(phase: Phase, found: ObservedMember | undefined): Way {
  const hasOnly = (which: 'predecessor' | 'successor') =>
    found !== undefined &&
    found[which] !== undefined &&
    found[which === 'predecessor' ? 'successor' : 'predecessor'] === undefined &&
    !nameIsForeign(found);
  if (phase === 'committed') {
    if (hasOnly('predecessor')) return { way: 'back', why: 'the new container was removed by somebody' };
    return { way: 'forward', why: 'the new container was proven already' };
  }
  // While preparing, a missing predecessor means that the user no longer wants that container at all.
  if (phase !== 'preparing' && hasOnly('successor')) {
    return { way: 'forward', why: 'the old container was removed by somebody: the new one is all there is' };
  }
  return { way: 'back', why: `it was interrupted while ${phase}` };
}
