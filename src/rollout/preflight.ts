import { preflightName } from '../container/names.ts';
import { preflightSpec } from '../container/preflight-spec.ts';
import {
  PREFLIGHT_CAUSE,
  planDismissal,
  planPreflight,
  planTrial,
  type Trial,
} from '../plan/plan-preflight.ts';
import type { Member, Rollout } from '../plan/rollout.ts';
import type { Step } from '../plan/step.ts';
import type { ReadyTakeover } from '../plan/takeover.ts';
import { type Execution, execute } from './execute.ts';
import { LEFT } from './left.ts';
import type { RolloutTools } from './tools.ts';

/** Whether the rollout may go on, and whether the engine may by now have something else than it was planned from. */
type Tried = Pick<Execution, 'failure' | 'outdated'>;

/** Where a broken image was found before anything happened to the running container. */
export const UNDISTURBED = 'the old one kept running throughout';

/**
 * Tries the new image in a copy beside the running container, where that is wanted. An image is held to be broken
 * only if the one that runs does well in the very same copy: what a copy has to do without may be what it needs.
 * @returns a failure only if the image is not to be taken, or it cannot be gone on
 * @throws EngineError
 */
export async function preflight(
  tools: RolloutTools,
  rollout: Rollout,
  takeover: ReadyTakeover,
): Promise<Tried> {
  const { image, oldImage, member } = takeover;
  const tried = (trial: Pick<Trial, 'image' | 'cause'>) =>
    tryOut(tools, rollout, member, planPreflight(rollout, takeover, trial));
  const first = await tried({ image, cause: PREFLIGHT_CAUSE });
  if (first.failure === undefined || first.mustEnd) return first;
  const { reason, blame } = first.failure;
  const goOn = (why: string, outdated: boolean): Tried => {
    tools.log.warn(`The preflight shows nothing, so it goes on without: ${why}.`, { container: member.name });
    return { failure: undefined, outdated };
  };
  if (blame !== 'image') return goOn(reason, first.outdated);

  const second = await tried({
    image: oldImage,
    cause: 'to tell whether it is the new image, or what a copy has to do without',
  });
  const outdated = first.outdated || second.outdated;
  if (second.mustEnd) return { ...second, outdated };
  if (second.failure !== undefined)
    return goOn(`${reason}; as a copy the image that runs fails too: ${second.failure.reason}`, outdated);
  const words = `${reason} (found in preflight; ${UNDISTURBED})`;
  return { failure: { ...first.failure, reason: words }, outdated };
}

/** Whether the image that runs does well in a copy beside itself. @throws EngineError */
export async function tryOldImage(
  tools: RolloutTools,
  rollout: Rollout,
  takeover: ReadyTakeover,
): Promise<Trialled> {
  const steps = planTrial(rollout, takeover, {
    image: takeover.oldImage,
    spec: preflightSpec(takeover.spec, undefined),
    demand: takeover.demand,
    cause: 'to tell whether it is the new image, or that there are two',
  });
  return tryOut(tools, rollout, takeover.member, steps);
}

/** What came of a trial; `mustEnd` where taking the copy away is left to recovery. */
type Trialled = Tried & { readonly mustEnd: boolean };

/** Runs a copy to its proof, and takes it away. */
async function tryOut(
  tools: RolloutTools,
  rollout: Rollout,
  member: Member,
  steps: readonly Step[],
): Promise<Trialled> {
  const { failure, outdated } = await execute(tools, steps, tools.interrupted);
  if (failure === undefined) return { failure, outdated, mustEnd: false };
  if (tools.interrupted.aborted) return { failure: LEFT, outdated, mustEnd: true };
  const copy = await tools.engine.inspectContainer(preflightName(member.name, rollout.id));
  if (copy === undefined) return { failure, outdated, mustEnd: false };
  const dismissed = await execute(tools, planDismissal(member, { id: copy.Id, running: copy.State.Running }));
  return {
    failure: dismissed.failure ?? failure,
    outdated: outdated || dismissed.outdated,
    mustEnd: dismissed.failure !== undefined,
  };
}
