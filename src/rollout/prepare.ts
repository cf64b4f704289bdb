import { sentenceOf } from '../base/failure.ts';
import { changesSince } from '../container/changes-since.ts';
import { successorName } from '../container/names.ts';
import type { Replacement } from '../container/ties.ts';
import { EngineError } from '../engine/engine-error.ts';
import { otherPlatform } from '../image/platform.ts';
import { nameByDigest } from '../image/reference.ts';
import type { RolloutFailure } from '../journal/journal.ts';
import { planArm, planPrepare, planPull } from '../plan/plan-update.ts';
import type { Rollout } from '../plan/rollout.ts';
import type { ReadyTakeover, Takeover } from '../plan/takeover.ts';
import { findBroken } from './await-health.ts';
import { wasEndedByHand } from './ended-by-hand.ts';
import { type Execution, execute } from './execute.ts';
import { preflight, tryOldImage, UNDISTURBED } from './preflight.ts';
import type { RolloutTools } from './tools.ts';

type Failed = { readonly kind: 'failed'; readonly failure: RolloutFailure };

/** What came of preparing a rollout. */
export type Prepared =
  | Failed
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'ready';
      readonly takeovers: readonly ReadyTakeover[];
      readonly replacements: readonly Replacement[];
    };

/**
 * Everything that costs no downtime: images, preflight, successors, and the check that they are what was asked for.
 * Nothing was stopped, so there is nothing to lose by leaving where the engine does not say what it has.
 */
export async function prepare(
  tools: RolloutTools,
  rollout: Rollout,
  planned: readonly Takeover[],
): Promise<Prepared> {
  try {
    return await prepareAll(tools, rollout, planned);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return failed(environment(sentenceOf(error)));
  }
}

async function prepareAll(
  tools: RolloutTools,
  rollout: Rollout,
  planned: readonly Takeover[],
): Promise<Prepared> {
  const startedAt = tools.clock.now();
  const pulled = await execute(tools, planned.flatMap(planPull), tools.interrupted);
  if (pulled.failure !== undefined) return failed(pulled.failure);
  const takeovers: ReadyTakeover[] = [];
  for (const takeover of planned) {
    const ready = await withImage(tools, takeover);
    if (typeof ready === 'string') return failed(environment(ready));
    takeovers.push(ready);
  }
  if (takeovers.every(({ member, image }) => member.target.kind === 'same' || image.Id === member.fromImage))
    return { kind: 'unchanged' };

  const made = await makeSuccessors(tools, rollout, takeovers);
  if (made.kind === 'failed') return made;
  const { replacements } = made;
  const isShaken = pulled.outdated || made.isShaken;
  const change = await findChange(tools, takeovers, startedAt);
  // An engine that went away meanwhile may have done it, and not a person.
  if (change !== undefined) return failed(isShaken ? { ...change, byHand: false } : change);
  const last =
    (await execute(tools, planArm(takeovers), tools.interrupted)).failure ??
    (await findFallen(tools, takeovers, replacements));
  return last === undefined ? { kind: 'ready', takeovers, replacements } : failed(last);
}

/** Tries the images where that is wanted, and makes what shall take over. */
async function makeSuccessors(
  tools: RolloutTools,
  rollout: Rollout,
  takeovers: readonly ReadyTakeover[],
): Promise<
  | Failed
  | { readonly kind: 'made'; readonly replacements: readonly Replacement[]; readonly isShaken: boolean }
> {
  let isShaken = false;
  for (const takeover of takeovers) {
    const { failure, outdated } = await preflight(tools, rollout, takeover);
    isShaken ||= outdated;
    if (failure !== undefined) return failed(failure);
  }
  const replacements: Replacement[] = [];
  for (const takeover of takeovers) {
    const { failure, outdated, made } = await makeSuccessor(tools, rollout, takeover, replacements);
    isShaken ||= outdated;
    if (failure !== undefined) return failed(failure);
    if (made === undefined) return failed(environment('the container that was just made is gone'));
    replacements.push(made);
  }
  return { kind: 'made', replacements, isShaken };
}

/** Those that were started first are not looked at any more once it is decided that they stay. */
async function findFallen(
  tools: RolloutTools,
  takeovers: readonly Takeover[],
  replacements: readonly Replacement[],
): Promise<RolloutFailure | undefined> {
  for (const { member, demand, strategy } of takeovers) {
    const made = replacements.find(({ old }) => old.id === member.predecessor);
    if (strategy.kind !== 'start-first' || made === undefined) continue;
    const broken = await findBroken(tools, made.new.id, demand);
    if (broken === undefined) continue;
    const reason = `after it was proven ${tools.secrets.redact(broken.reason)}`;
    return { ...environment(reason), container: member.name };
  }
  return undefined;
}

/** @returns why it cannot be taken, where it cannot */
async function withImage(tools: RolloutTools, takeover: Takeover): Promise<ReadyTakeover | string> {
  const image = await newImage(tools, takeover);
  if (image === undefined) return 'the image is gone although it was just there';
  const other = otherPlatform(image, takeover.oldImage, tools.identity.platform);
  if (other !== undefined) return `the new image is for ${other}, and the old one was not`;
  return { ...takeover, image, demand: { ...takeover.demand, image: image.Id } };
}

function newImage({ engine }: RolloutTools, { member: { target, fromImage }, reference }: Takeover) {
  switch (target.kind) {
    case 'offered':
      return engine.inspectImage(
        reference === undefined ? target.digest : nameByDigest(reference, target.digest),
      );
    case 'kept':
      return engine.inspectImage(target.image);
    case 'same':
      return engine.inspectImage(fromImage);
    default:
      return target satisfies never;
  }
}

/** One after the other, because those that are tied to it have to know its id. */
async function makeSuccessor(
  tools: RolloutTools,
  rollout: Rollout,
  takeover: ReadyTakeover,
  replacements: readonly Replacement[],
): Promise<Execution & { readonly made: Replacement | undefined }> {
  const { name, predecessor } = takeover.member;
  const steps = planPrepare(rollout, takeover, replacements);
  const execution = await execute(tools, steps, tools.interrupted);
  const { failure } = execution;
  if (failure !== undefined) {
    // Only one that was started first can show that its image is broken, or that there cannot be two.
    const judged = failure.blame === 'image' ? await judgeTwin(tools, rollout, takeover, failure) : failure;
    return { ...execution, failure: judged, made: undefined };
  }
  const successor = successorName(name, rollout.id);
  const container = await tools.engine.inspectContainer(successor);
  const made = container && { old: { id: predecessor, name }, new: { id: container.Id, name: successor } };
  return { ...execution, made };
}

/** An image is broken only if the one that runs does well beside itself. */
async function judgeTwin(
  tools: RolloutTools,
  rollout: Rollout,
  takeover: ReadyTakeover,
  failure: RolloutFailure,
): Promise<RolloutFailure> {
  const { reason } = failure;
  const control = await tryOldImage(tools, rollout, takeover);
  if (control.mustEnd) return control.failure ?? failure;
  if (control.failure === undefined)
    return { ...failure, reason: `${reason} (found before the switch; ${UNDISTURBED})` };
  const { member } = takeover;
  const both = `${reason}; beside itself the image that runs fails too: ${control.failure.reason}`;
  return { ...environment(both), container: member.name };
}

/** What was planned is what was there then. Whoever changed it since wins; the next run plans anew. */
async function findChange(
  tools: RolloutTools,
  takeovers: readonly Takeover[],
  since: number,
): Promise<RolloutFailure | undefined> {
  for (const { member, seen } of takeovers) {
    const { name, predecessor } = member;
    const now = await tools.engine.inspectContainer(predecessor);
    const [change] = now === undefined ? ['it was removed'] : changesSince(seen, now);
    if (change === undefined) continue;
    const byHand = change !== 'State.Running' || (await wasEndedByHand(tools, predecessor, since));
    const reason = byHand ? `somebody changed it meanwhile (${change})` : 'it stopped by itself meanwhile';
    return { ...environment(reason), container: name, byHand };
  }
  return undefined;
}

function failed(failure: RolloutFailure): Failed {
  return { kind: 'failed', failure };
}

function environment(reason: string): RolloutFailure {
  return { reason, blame: 'environment' };
}
