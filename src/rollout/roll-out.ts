import { sentenceOf } from '../base/failure.ts';
import { changesSince } from '../container/changes-since.ts';
import { successorName } from '../container/names.ts';
import type { Replacement } from '../container/ties.ts';
import { EngineError } from '../engine/engine-error.ts';
import { otherPlatform } from '../image/platform.ts';
import { nameByDigest } from '../image/reference.ts';
import type { JournalEntry, RolloutFailure } from '../journal/journal.ts';
import { StateError } from '../journal/state-error.ts';
import { planArm, planPrepare, planPull, planSwitch } from '../plan/plan-update.ts';
import type { Phase, Rollout } from '../plan/rollout.ts';
import type { ReadyTakeover, Takeover } from '../plan/takeover.ts';
import { findBroken } from './await-health.ts';
import { type Execution, execute, LEFT } from './execute.ts';
import { recover } from './recover.ts';
import type { RolloutEnd } from './rollout-end.ts';
import type { RolloutTools } from './tools.ts';

/** A rollout that was decided on, with what carrying it out needs in memory. */
export interface PlannedRollout {
  readonly rollout: Rollout;
  readonly takeovers: readonly Takeover[];
}

/**
 * Carries a rollout out: prepare, switch, verify, commit, settle. Each phase is written down before its first
 * step and planned from what the engine has at that moment. Whatever does not work out leads into `recover`.
 *
 * @throws StateError if not even the beginning can be written down; then nothing was touched
 */
export async function rollOut(
  tools: RolloutTools,
  { rollout, takeovers }: PlannedRollout,
): Promise<RolloutEnd> {
  const { journal, clock } = tools;
  const startedAt = clock.now();
  const entryAt = (phase: Phase, failure?: RolloutFailure): JournalEntry => ({
    rollout,
    phase,
    startedAt,
    attempts: 0,
    failure,
    engine: tools.identity.id,
  });
  const turnBack = (failure: RolloutFailure) => recover(tools, entryAt('preparing', failure));

  await journal.write(entryAt('preparing'));
  const prepared = await prepare(tools, rollout, takeovers).catch(asFailed);
  if (prepared.kind === 'failed') return turnBack(prepared.failure);
  if (prepared.kind === 'unchanged') {
    await journal.close(rollout.id);
    return {
      outcome: 'current',
      rollout,
      startedAt,
      reason: 'only its index changed, not the image for this machine',
      downtime: undefined,
      rejected: false,
      attempts: 0,
      gone: false,
      open: false,
      byHand: [],
    };
  }

  const began = await beginSwitch(tools, entryAt('switching'));
  if (began !== undefined) return turnBack(began);
  const switched = await execute(tools, planSwitch(rollout, prepared.takeovers, prepared.replacements));
  if (switched.failure !== undefined) {
    const { downSince } = switched;
    const failure = await findRoot(tools, prepared, switched.failure);
    return recover(tools, entryAt('undoing', failure), { downSince });
  }
  // The point of no return. Should it not be possible to write it down, a crash from here on still ends well:
  // as long as the old container is there it is put back, and once it is gone the new one is kept.
  return recover(tools, entryAt('committed'), switched);
}

type Prepared =
  | { readonly kind: 'failed'; readonly failure: RolloutFailure }
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'ready';
      readonly takeovers: readonly ReadyTakeover[];
      readonly replacements: readonly Replacement[];
    };

/** Everything that costs no downtime: images, successors, and the check that they are what was asked for. */
async function prepare(
  tools: RolloutTools,
  rollout: Rollout,
  planned: readonly Takeover[],
): Promise<Prepared> {
  const pulled = await execute(tools, planned.flatMap(planPull), tools.interrupted);
  if (pulled.failure !== undefined) return { kind: 'failed', failure: pulled.failure };

  const takeovers: ReadyTakeover[] = [];
  for (const takeover of planned) {
    const image = await newImage(tools, takeover);
    if (image === undefined)
      return { kind: 'failed', failure: environment('the image is gone although it was just there') };
    const other = otherPlatform(image, takeover.oldImage, tools.identity.platform);
    if (other !== undefined)
      return {
        kind: 'failed',
        failure: environment(`the new image is for ${other}, and the old one was not`),
      };
    takeovers.push({ ...takeover, image, demand: { ...takeover.demand, image: image.Id } });
  }
  if (takeovers.every(({ member, image }) => member.target.kind === 'same' || image.Id === member.fromImage))
    return { kind: 'unchanged' };

  const replacements: Replacement[] = [];
  let isShaken = pulled.outdated;
  for (const takeover of takeovers) {
    const { failure, outdated, made } = await makeSuccessor(tools, rollout, takeover, replacements);
    isShaken ||= outdated;
    if (failure !== undefined) return { kind: 'failed', failure };
    if (made === undefined)
      return { kind: 'failed', failure: environment('the container that was just made is gone') };
    replacements.push(made);
  }
  const change = await findChange(tools, takeovers);
  // An engine that went away meanwhile may have done it, and not a person.
  if (change !== undefined) return { kind: 'failed', failure: { ...change, byHand: !isShaken } };
  const last = (await execute(tools, planArm(takeovers), tools.interrupted)).failure;
  return last === undefined ? { kind: 'ready', takeovers, replacements } : { kind: 'failed', failure: last };
}

/** What was planned is what was there then. Whoever changed it since wins; the next run plans anew. */
async function findChange(
  { engine }: RolloutTools,
  takeovers: readonly Takeover[],
): Promise<RolloutFailure | undefined> {
  for (const { member, seen } of takeovers) {
    const now = await engine.inspectContainer(member.predecessor);
    const [change] = now === undefined ? ['it was removed'] : changesSince(seen, now);
    if (change !== undefined)
      return { ...environment(`somebody changed it meanwhile (${change})`), container: member.name };
  }
  return undefined;
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
  if (execution.failure !== undefined) return { ...execution, made: undefined };
  const successor = successorName(name, rollout.id);
  const container = await tools.engine.inspectContainer(successor);
  const made = container && { old: { id: predecessor, name }, new: { id: container.Id, name: successor } };
  return { ...execution, made };
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

/** One that is tied to others fails when they do; then theirs is the failure to tell of. */
async function findRoot(
  tools: RolloutTools,
  { takeovers, replacements }: Extract<Prepared, { kind: 'ready' }>,
  failure: RolloutFailure,
): Promise<RolloutFailure> {
  const failed = takeovers.findIndex(({ member }) => member.name === failure.container);
  if (takeovers[failed]?.follows === undefined) return failure;
  try {
    for (const { member, demand } of takeovers.slice(0, failed)) {
      const successor = replacements.find(({ old }) => old.id === member.predecessor)?.new;
      const broken =
        successor === undefined || !member.running
          ? undefined
          : await findBroken(tools, successor.id, demand);
      if (broken !== undefined)
        return { ...broken, reason: tools.secrets.redact(broken.reason), container: member.name };
    }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
  }
  return failure;
}

/** The last moment to leave without anybody noticing. */
async function beginSwitch(tools: RolloutTools, entry: JournalEntry): Promise<RolloutFailure | undefined> {
  if (tools.interrupted.aborted) return LEFT;
  try {
    await tools.journal.write(entry);
    return undefined;
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return environment(sentenceOf(error));
  }
}

/** The engine did not say what it has: nothing was stopped, so there is nothing to lose by leaving. */
function asFailed(error: unknown): Prepared {
  if (!(error instanceof EngineError)) throw error;
  return { kind: 'failed', failure: environment(sentenceOf(error)) };
}

function environment(reason: string): RolloutFailure {
  return { reason, blame: 'environment' };
}
