import { carryOver } from '../container/carry-over.ts';
import { compareSpecs } from '../container/compare-specs.ts';
import { withoutFreshVolumes } from '../container/fresh-volumes.ts';
import type { InspectedContainer } from '../container/inspected.ts';
import type { Blame } from '../plan/rollout.ts';
import type { CompareStep, RemoveStep, Step } from '../plan/step.ts';
import { awaitHealth } from './await-health.ts';
import type { RolloutTools } from './tools.ts';

/** A step did what it should, or found out that the rollout must not go on. */
export type StepResult = (
  | { readonly ok: true; readonly firstWell?: number }
  | {
      readonly ok: false;
      readonly reason: string;
      readonly blame: Blame;
      /** Whether the engine's disk is full. */
      readonly needsRoom?: boolean;
    }
) & {
  /** Whether the engine had, or may by now have, something else than the step was planned from. */
  readonly outdated?: boolean;
};

const DONE: StepResult = { ok: true };

/**
 * Takes one step: one call of the engine, but for the proof, which takes as many looks as it needs.
 * @param leaveOn breaks off a proof that nothing depends on yet
 * @throws EngineError
 */
export async function performStep(
  tools: RolloutTools,
  step: Step,
  leaveOn?: AbortSignal,
): Promise<StepResult> {
  const { engine } = tools;
  switch (step.kind) {
    case 'pull': {
      const credentials = await tools.credentials(step.reference);
      const { reference, digest, platform } = step;
      const onProgress = tools.watcher.pull.bind(undefined, step.subject);
      await engine.pullImage({ reference, digest, platform, credentials }, onProgress, tools.interrupted);
      return DONE;
    }
    case 'tag':
      await engine.tagImage(step.image, step.reference);
      return DONE;
    case 'create':
      await engine.createContainer(step.name, step.body, step.platform);
      return DONE;
    case 'connect':
      await engine.connectNetwork(step.network, step.container, step.endpoint);
      return DONE;
    case 'disconnect':
      await engine.disconnectNetwork(step.network, step.container);
      return DONE;
    case 'compare':
      return compare(step, await engine.inspectContainer(step.container));
    case 'restart-policy':
      await engine.setRestartPolicy(step.container, step.policy);
      return DONE;
    case 'stop':
      await engine.stopContainer(step.container, step.grace);
      return DONE;
    case 'rename':
      await engine.renameContainer(step.container, step.to);
      return DONE;
    case 'start':
      await engine.startContainer(step.container);
      return DONE;
    case 'verify': {
      const health = await awaitHealth(tools, step.container, step.demand, leaveOn);
      if (health.kind === 'proven') return { ok: true, firstWell: health.firstWell };
      return { ok: false, reason: health.reason, blame: step.blame ?? health.blame };
    }
    case 'remove':
      return seeRemoved(tools, step);
    case 'remove-volume':
      await engine.removeVolume(step.volume);
      return DONE;
    case 'remove-image':
      await engine.removeImage(step.image);
      return DONE;
    default:
      return step satisfies never;
  }
}

/** How long the engine may take over a removal that it began by itself, in milliseconds, and how often it is looked. */
const REMOVAL_PATIENCE = 30_000;
const REMOVAL_POLL = 20;

/** One that was started with `--rm` may be on its way out already; its name is free only when it is gone. */
async function seeRemoved(
  { engine, clock }: RolloutTools,
  { container, withVolumes }: RemoveStep,
): Promise<StepResult> {
  if ((await engine.removeContainer(container, withVolumes)) === 'gone') return DONE;
  const until = clock.elapsed() + REMOVAL_PATIENCE;
  while (clock.elapsed() < until) {
    if ((await engine.inspectContainer(container)) === undefined) return DONE;
    await clock.sleep(REMOVAL_POLL);
  }
  return { ok: false, reason: 'the engine did not finish removing it', blame: 'environment' };
}

/** Holds what the engine made against what was asked for. */
function compare(step: CompareStep, found: InspectedContainer | undefined): StepResult {
  if (found === undefined)
    return { ok: false, reason: 'the container that was just made is gone', blame: 'environment' };
  if (found.Image !== step.image.Id) {
    return {
      ok: false,
      reason: 'the engine made the container from another image than the one that was decided on',
      blame: 'environment',
    };
  }
  const asked = withoutFreshVolumes(found);
  const differences = compareSpecs(
    step.intended,
    carryOver(asked, step.image.Config, step.traits, step.userSet),
  );
  if (differences.length === 0) return DONE;
  return {
    ok: false,
    reason: `the engine made the container otherwise than asked: ${differences.join(', ')}`,
    blame: 'environment',
  };
}
