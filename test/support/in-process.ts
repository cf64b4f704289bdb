import type { Log } from '../../src/base/log.ts';
import { findHome } from '../../src/cli/home.ts';
import { openTools } from '../../src/cli/open-tools.ts';
import { readSettings } from '../../src/cli/settings.ts';
import type { Digest } from '../../src/image/digest.ts';
import { nameByDigest } from '../../src/image/reference.ts';
import { planPrepare, planPull } from '../../src/plan/plan-update.ts';
import type { Step } from '../../src/plan/step.ts';
import { execute } from '../../src/rollout/execute.ts';
import { planRollout } from '../../src/run/plan-rollout.ts';
import type { RunTools } from '../../src/run/run-tools.ts';
import type { Lab } from './lab.ts';

const SILENT = () => undefined;

export const NOBODY: Log = { debug: SILENT, info: SILENT, warn: SILENT, error: SILENT };

/** Everything that a run of the command has, in this process: starting one for each of many updates takes long. */
export async function openInProcess(
  lab: Lab,
  { settings = {}, log = NOBODY }: { settings?: Record<string, string>; log?: Log } = {},
): Promise<{ tools: RunTools; close: () => Promise<void> }> {
  const home = findHome(lab.home);
  return openTools({
    home,
    settings: await readSettings(home.path, settings),
    environment: { DOCKER_HOST: `unix://${lab.socket}` },
    log,
    watcher: { step: SILENT, pull: SILENT, health: SILENT },
    interrupted: new AbortController().signal,
  });
}

/**
 * Makes a container's successor on another image, as a rollout does before it stops anything, and gives it the
 * restart policy that it gets at the end of one. @returns the successor's name @throws with the rollout's reason
 */
export async function makeSuccessor(
  tools: RunTools,
  id: string,
  name: string,
  digest: Digest,
): Promise<string> {
  const plan = await planRollout(tools, [
    { id, name, target: { kind: 'offered', digest, pulled: false }, follows: undefined },
  ]);
  if (plan.kind === 'skipped') throw new Error(plan.reason);
  const { rollout, takeovers } = plan.planned;
  const [takeover] = takeovers;
  if (takeover?.reference === undefined) throw new Error('the image has no name');
  await take(tools, planPull(takeover));
  const image = await tools.engine.inspectImage(nameByDigest(takeover.reference, digest));
  if (image === undefined) throw new Error('the image is gone');
  const steps = planPrepare(rollout, { ...takeover, image }, []);
  await take(tools, steps);
  const successor = steps.find(step => step.kind === 'create')?.name ?? '';
  await tools.engine.setRestartPolicy(successor, takeover.member.restart);
  return successor;
}

async function take(tools: RunTools, steps: readonly Step[]): Promise<void> {
  const { failure } = await execute(tools, steps);
  if (failure !== undefined) throw new Error(failure.reason);
}
