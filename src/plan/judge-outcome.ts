import { parseRolloutName } from '../container/names.ts';
import type { Recovery } from './decide-recovery.ts';
import { hasWayBack, nameIsForeign, type ObservedMember } from './observed.ts';
import { leader, type Phase, type Rollout, type RolloutOutcome } from './rollout.ts';

/** What a rollout that is over is called, and why. */
export interface Judgement {
  readonly outcome: RolloutOutcome;
  readonly reason: string | undefined;
  /** Whether nothing that this rollout knows of bears the name any more. */
  readonly gone: boolean;
}

/** What is judged by. */
export interface Ended {
  readonly phase: Phase;
  readonly rollout: Rollout;
  /** Why it was led back, where a step did not work out. */
  readonly failure: string | undefined;
  /** What was found of the container that it is about, before it was brought to its end. */
  readonly found: ObservedMember | undefined;
}

/**
 * Names what came of a rollout. Nothing is claimed that is not so: where somebody took a container away, what is
 * left is neither an update nor a rollback.
 */
export function judgeOutcome({ way, why }: Pick<Recovery, 'way' | 'why'>, ended: Ended): Judgement {
  const { phase, rollout, failure, found } = ended;
  const isThere =
    found !== undefined &&
    (way === 'back' ? hasWayBack(found, phase !== 'preparing') : found.successor !== undefined);
  if (found !== undefined && nameIsForeign(found))
    return { outcome: 'failed', reason: foreignWords(found), gone: true };
  if (!isThere) {
    const reason = 'somebody removed it in the middle of the update, so there is nothing left to put back';
    return { outcome: phase === 'preparing' ? 'failed' : 'rollback-failed', reason, gone: true };
  }
  if (way === 'forward' && failure !== undefined) {
    const reason = `${failure}; but somebody removed the old container, so the new one is kept as it is`;
    return { outcome: 'rollback-failed', reason, gone: false };
  }
  // A rollback that a person asked for goes forward, to an old image.
  const isAsked = leader(rollout).target.kind === 'kept';
  if (way === 'forward')
    return isAsked
      ? { outcome: 'rolled-back', reason: 'a person asked for it', gone: false }
      : { outcome: 'updated', reason: undefined, gone: false };
  const outcome = phase === 'preparing' || isAsked ? 'failed' : 'rolled-back';
  return { outcome, reason: failure ?? why, gone: false };
}

function foreignWords({ predecessor }: ObservedMember): string {
  const words = 'somebody else made a container of that name, which is left alone';
  const isAside = predecessor !== undefined && parseRolloutName(predecessor.name) !== undefined;
  return isAside ? `${words}; the old one is kept, stopped, as ${predecessor.name}` : words;
}
