import { Failure, sentenceOf } from '../base/failure.ts';
import type { Engine } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { RolloutFailure } from '../journal/journal.ts';
import { renderStep } from '../plan/render-plan.ts';
import type { Blame } from '../plan/rollout.ts';
import type { Step } from '../plan/step.ts';
import { stepHolds } from './confirm-step.ts';
import { LEFT } from './left.ts';
import { nameTaker } from './name-taker.ts';
import { performStep, type StepResult } from './perform-step.ts';
import type { RolloutTools } from './tools.ts';

/** What came of a list of steps, with the moments (on the clock that only grows) that downtime is told from. */
export interface Execution {
  /** Why a step did not work out; the ones after it were not taken. */
  readonly failure: RolloutFailure | undefined;
  /** Whether the engine had, or may by now have, something else than the steps were planned from. */
  readonly outdated: boolean;
  /** Whether it failed because the engine's disk is full. */
  readonly needsRoom: boolean;
  /** Whether what failed is a start or its proof: then a container is down, or no good. */
  readonly isDown: boolean;
  /** When the first container was stopped. */
  readonly downSince: number | undefined;
  /** When the started container gave its first good sign. */
  readonly upSince: number | undefined;
}

const WELL = { failure: undefined, outdated: false, needsRoom: false, isDown: false };

/** How long an engine that went away is waited for, in milliseconds, and how often it is looked for. */
const ENGINE_PATIENCE = 120_000;
const ENGINE_POLL = 500;

/**
 * Takes steps one after the other until one does not work out. Errors of the engine end up in the result: what
 * to do next is decided from what the engine then has, not from how it failed.
 *
 * @param leaveOn ends it before the next step; left out where it must be seen through
 */
export async function execute(
  tools: RolloutTools,
  steps: readonly Step[],
  leaveOn?: AbortSignal,
): Promise<Execution> {
  let downSince: number | undefined;
  let upSince: number | undefined;
  let outdated = false;
  for (const step of steps) {
    if (leaveOn?.aborted) return { ...WELL, failure: LEFT, downSince, upSince };
    tools.watcher.step(step);
    tools.log.debug(renderStep(step), { container: step.subject });
    if (step.kind === 'stop') downSince ??= tools.clock.elapsed();
    const result = await take(tools, step, leaveOn);
    outdated ||= result.outdated ?? false;
    if (!result.ok) {
      const { blame, needsRoom = false } = result;
      // Engines and programs repeat in their errors what they were given.
      const reason = tools.secrets.redact(result.reason);
      const failure = { reason, blame, container: step.subject };
      const isDown = step.kind === 'start' || step.kind === 'verify';
      return { failure, outdated, needsRoom, isDown, downSince, upSince };
    }
    if (result.firstWell !== undefined) upSince = result.firstWell;
  }
  return { ...WELL, outdated, downSince, upSince };
}

async function take(tools: RolloutTools, step: Step, leaveOn?: AbortSignal): Promise<StepResult> {
  try {
    return await performStep(tools, step, leaveOn);
  } catch (error) {
    if (error instanceof EngineError && isUncertain(error))
      return afterUncertainty(tools, step, error, leaveOn);
    return withTaker(tools, step, failure(step, error));
  }
}

const TAKEN = /port is already allocated|address already in use/i;

async function withTaker({ engine }: RolloutTools, step: Step, failed: StepResult): Promise<StepResult> {
  if (failed.ok || step.kind !== 'start' || !TAKEN.test(failed.reason)) return failed;
  const taker = await nameTaker(engine, step.container);
  return taker === undefined ? failed : { ...failed, reason: `${failed.reason}: ${taker}` };
}

/**
 * No answer came. Once the engine can be asked again: is it done? If not, it is tried once more. An engine that was
 * restarted meanwhile has ended containers, and may have started others.
 */
async function afterUncertainty(
  tools: RolloutTools,
  step: Step,
  error: EngineError,
  leaveOn?: AbortSignal,
): Promise<StepResult> {
  try {
    if (!(await engineIsBack(tools))) return failure(step, error);
    if (await stepHolds(tools.engine, step)) return { ok: true, outdated: true };
    return { ...(await performStep(tools, step, leaveOn)), outdated: true };
  } catch (again) {
    return { ...failure(step, again), outdated: true };
  }
}

function isUncertain(error: EngineError): boolean {
  return error.code === 'unknown' || error.code === 'unreachable';
}

async function engineIsBack({ engine, clock }: RolloutTools): Promise<boolean> {
  const until = clock.elapsed() + ENGINE_PATIENCE;
  for (;;) {
    if (await answers(engine)) return true;
    if (clock.elapsed() >= until) return false;
    await clock.sleep(ENGINE_POLL);
  }
}

async function answers(engine: Engine): Promise<boolean> {
  try {
    await engine.listContainers();
    return true;
  } catch (error) {
    if (error instanceof EngineError && isUncertain(error)) return false;
    throw error;
  }
}

function failure(step: Step, error: unknown): StepResult {
  // Anything else than a failure of ours is a mistake in this program: it must not pass for one of the engine.
  if (!(error instanceof Failure)) throw error;
  const outdated = error.code === 'not-found' || error.code === 'conflict';
  const needsRoom = error.code === 'no-room';
  const reason = sentenceOf(error).replace(/\.$/, '');
  return { ok: false, reason, blame: blameFor(step, error), outdated, needsRoom };
}

/** What the host lacks, not the image: another program on the port, a missing network. */
const ENVIRONMENT =
  /port is already allocated|address already in use|network .* not found|no such container|device or resource busy|cgroup|no such device|could not select device/i;

/** Only an image that cannot be started is to blame itself; everything else may be well again next time. */
function blameFor(step: Step, error: Failure): Blame {
  const engineSaidNo = error.code === 'refused' || error.code === 'failed' || error.code === 'not-found';
  return step.kind === 'start' && engineSaidNo && !ENVIRONMENT.test(error.message) ? 'image' : 'environment';
}
