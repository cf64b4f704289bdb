import { sentenceOf } from '../base/failure.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { JournalEntry, RolloutFailure } from '../journal/journal.ts';
import { StateError } from '../journal/state-error.ts';
import { planSwitch } from '../plan/plan-update.ts';
import type { Phase, Rollout } from '../plan/rollout.ts';
import type { Takeover } from '../plan/takeover.ts';
import { findBroken } from './await-health.ts';
import { execute } from './execute.ts';
import { LEFT } from './left.ts';
import { type Prepared, prepare } from './prepare.ts';
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
  const prepared = await prepare(tools, rollout, takeovers);
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

  // Where the new one was started first there is nothing to switch: from here on it leads forward.
  const isProven = prepared.takeovers.every(({ strategy }) => strategy.kind === 'start-first');
  const began = await beginSwitch(tools, entryAt(isProven ? 'committed' : 'switching'));
  if (began !== undefined) return turnBack(began);
  if (isProven) return recover(tools, entryAt('committed'));
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
    return { reason: sentenceOf(error), blame: 'environment' };
  }
}
