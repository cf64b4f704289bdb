import { Failure, sentenceOf } from '../base/failure.ts';
import type { Engine } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { RolloutFailure } from '../journal/journal.ts';
import { renderStep } from '../plan/render-plan.ts';
import type { Blame } from '../plan/rollout.ts';
import type { Step } from '../plan/step.ts';
import { stepHolds } from './confirm-step.ts';
import { performStep, type StepResult } from './perform-step.ts';
import type { RolloutTools } from './tools.ts';

/** What came of a list of steps, with the moments (on the clock that only grows) that downtime is told from. */
export interface Execution {
  /** Why a step did not work out; the ones after it were not taken. */
  readonly failure: RolloutFailure | undefined;
  /** Whether it failed because the engine had something else than the steps were planned from. */
  readonly outdated: boolean;
  /** When the first container was stopped. */
  readonly downSince: number | undefined;
  /** When the started container gave its first good sign. */
  readonly upSince: number | undefined;
}

/** The end of a run that was told to leave. */
export const LEFT: RolloutFailure = {
  reason: 'interrupted before anything was stopped',
  blame: 'environment',
};

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
  for (const step of steps) {
    if (leaveOn?.aborted) return { failure: LEFT, outdated: false, downSince, upSince };
    tools.watcher.step(step);
    tools.log.debug(renderStep(step), { container: step.subject });
    if (step.kind === 'stop') downSince ??= tools.clock.elapsed();
    const result = await take(tools, step);
    if (!result.ok) {
      const { blame, outdated = false } = result;
      // Engines and programs repeat in their errors what they were given.
      const reason = tools.secrets.redact(result.reason);
      return { failure: { reason, blame, container: step.subject }, outdated, downSince, upSince };
    }
    if (result.firstWell !== undefined) upSince = result.firstWell;
  }
  return { failure: undefined, outdated: false, downSince, upSince };
}

async function take(tools: RolloutTools, step: Step): Promise<StepResult> {
  try {
    return await performPatiently(tools, step);
  } catch (error) {
    if (error instanceof EngineError && isUncertain(error)) return afterUncertainty(tools, step, error);
    return failure(step, error);
  }
}

/**
 * After a start that failed Podman holds on to the ports until its service ends, when nobody asked it for 5 s, or
 * until it next clears its memory, every 2 minutes.
 */
const PORT_HELD = /cannot listen on the \w+ port/;
/** Milliseconds until the next attempt. */
const UNTIL_PORT_IS_FREE = [250, 1000, 7000, 15_000, 30_000, 40_000, 40_000];

async function performPatiently(tools: RolloutTools, step: Step): Promise<StepResult> {
  for (const wait of step.kind === 'start' ? UNTIL_PORT_IS_FREE : []) {
    try {
      return await performStep(tools, step);
    } catch (error) {
      if (!(error instanceof EngineError) || !PORT_HELD.test(error.message)) throw error;
      await tools.clock.sleep(wait);
    }
  }
  return performStep(tools, step);
}

/** No answer came. Once the engine can be asked again: is it done? If not, it is tried once more. */
async function afterUncertainty(tools: RolloutTools, step: Step, error: EngineError): Promise<StepResult> {
  try {
    if (!(await engineIsBack(tools))) return failure(step, error);
    if (await stepHolds(tools.engine, step)) return { ok: true };
    return await performStep(tools, step);
  } catch (again) {
    return failure(step, again);
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
  return { ok: false, reason: sentenceOf(error).replace(/\.$/, ''), blame: blameFor(step, error), outdated };
}

/** What the host lacks, not the image: another program on the port, a missing network, a full disk. */
const ENVIRONMENT =
  /port is already allocated|address already in use|network .* not found|no space left|device or resource busy|cgroup|no such device|could not select device/i;

/** Only an image that cannot be started is to blame itself; everything else may be well again next time. */
function blameFor(step: Step, error: Failure): Blame {
  const engineSaidNo = error.code === 'refused' || error.code === 'failed' || error.code === 'not-found';
  return step.kind === 'start' && engineSaidNo && !ENVIRONMENT.test(error.message) ? 'image' : 'environment';
}
