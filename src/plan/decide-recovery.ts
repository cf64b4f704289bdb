import { nameIsForeign, type ObservedRollout } from './observed.ts';
import { planSettle } from './plan-settle.ts';
import { planUndo } from './plan-undo.ts';
import { leader, type Phase, type Rollout } from './rollout.ts';
import type { Step } from './step.ts';

/** Which way an interrupted rollout goes, with the steps that lead there. */
export interface Recovery {
  readonly way: 'back' | 'forward';
  readonly why: string;
  readonly steps: readonly Step[];
}

/**
 * Decides what becomes of a rollout that did not finish. Before commit it leads back, after it forward; but
 * where somebody removed a container meanwhile, the one that is left is kept, whichever it is.
 */
export function decideRecovery(phase: Phase, rollout: Rollout, observed: ObservedRollout): Recovery {
  const found = observed.get(leader(rollout).name);
  const back = (why: string): Recovery => ({
    way: 'back',
    why,
    steps: planUndo(rollout, observed, phase !== 'preparing'),
  });
  const forward = (why: string): Recovery => ({ way: 'forward', why, steps: planSettle(rollout, observed) });

  if (phase === 'committed') {
    const successorGone =
      found !== undefined && found.successor === undefined && found.predecessor !== undefined;
    if (successorGone && !nameIsForeign(found)) return back('the new container was removed by somebody');
    return forward('the new container was proven already');
  }
  const predecessorGone =
    found !== undefined && found.predecessor === undefined && found.successor !== undefined;
  // While preparing, a missing predecessor means that the user no longer wants that container at all.
  if (phase === 'preparing' || !predecessorGone || nameIsForeign(found))
    return back(`it was interrupted while ${phase}`);
  return forward('the old container was removed by somebody: the new one is all there is');
}
