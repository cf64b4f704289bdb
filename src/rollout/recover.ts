import { sentenceOf } from '../base/failure.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { StateError } from '../journal/state-error.ts';
import { decideRecovery } from '../plan/decide-recovery.ts';
import { judgeOutcome } from '../plan/judge-outcome.ts';
import { hasWayBack, nameIsForeign, type ObservedRollout } from '../plan/observed.ts';
import { renderCommands } from '../plan/render-command.ts';
import { leader, type Rollout } from '../plan/rollout.ts';
import { wasEndedByHand } from './ended-by-hand.ts';
import { type Execution, execute } from './execute.ts';
import { observeRollout } from './observe.ts';
import { restartDependents } from './restart-dependents.ts';
import { closeRollout, type RolloutEnd } from './rollout-end.ts';
import { assureSameEngine } from './same-engine.ts';
import type { RolloutTools } from './tools.ts';

/** Recovery is tried this often; then a person is asked. */
export const MOST_ATTEMPTS = 3;

/**
 * Brings an unfinished rollout to its end, back or forward. The one way for a step that failed, a run that was
 * interrupted, a process that died, and a success that only has to be tidied up: look at what the engine has,
 * plan from that, act, close the journal. What fails stays in the journal for the next run.
 *
 * @param seen when the service went down and came up, as far as this process saw it
 */
export async function recover(
  tools: RolloutTools,
  unfinished: JournalEntry,
  seen: Partial<Pick<Execution, 'downSince' | 'upSince'>> = {},
): Promise<RolloutEnd> {
  const entry = { ...unfinished, attempts: unfinished.attempts + 1 };
  await writeIfPossible(tools, entry);
  const end = {
    rollout: entry.rollout,
    startedAt: entry.startedAt,
    rejected: false,
    attempts: entry.attempts,
    downtime: undefined,
    gone: false,
    byHand: [],
  };
  const leftOpen = async (problem: string, isDown = false): Promise<RolloutEnd> => {
    const left = `tidying up is left to the next run: ${problem}`;
    if (entry.phase === 'committed' && !isDown)
      return { ...end, open: true, outcome: 'updated', reason: left };
    if (entry.phase === 'preparing') {
      const why = entry.failure?.reason ?? 'it was interrupted before anything was stopped';
      return { ...end, open: true, outcome: 'failed', reason: `${why}; ${left}` };
    }
    const cause =
      entry.failure === undefined ? problem : `${entry.failure.reason}; going back failed: ${problem}`;
    const byHand = await commandsFor(tools, entry);
    return { ...end, open: true, outcome: 'rollback-failed', reason: cause, byHand };
  };
  try {
    const { recovery, observed, execution } = await bringToEnd(tools, entry);
    const { failure, isDown } = execution;
    if (failure !== undefined && entry.phase === 'committed' && isDown && canGoBack(entry.rollout, observed))
      return await recover(tools, { ...unfinished, phase: 'undoing', failure }, seen);
    if (failure !== undefined) return await leftOpen(failure.reason, isDown);
    if (entry.phase !== 'preparing') await restartDependents(tools, entry.rollout);
    const upSince = execution.upSince ?? seen.upSince;
    return await closeRollout(tools, entry, {
      ...end,
      ...judgeOutcome(recovery, {
        ...entry,
        failure: entry.failure?.reason,
        found: observed.get(leader(entry.rollout).name),
      }),
      open: false,
      downtime: seen.downSince === undefined || upSince === undefined ? undefined : upSince - seen.downSince,
    });
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    // Another engine is no attempt on the one that it is about.
    if (error.code === 'other-engine') await writeIfPossible(tools, unfinished);
    return await leftOpen(sentenceOf(error));
  }
}

/** A new one that was proven, and does not come up again, is given up while every old one is there. */
function canGoBack({ members }: Rollout, observed: ObservedRollout): boolean {
  return members.every(({ name }) => {
    const found = observed.get(name);
    return found !== undefined && hasWayBack(found, true) && !nameIsForeign(found);
  });
}

/** Whoever steps in between look and act is looked at again, this often and after this many milliseconds. */
const LOOKS = 3;
const PAUSE = 300;

/** Looks, plans and acts; again where the engine had something else by then, went away, or its disk is full. */
async function bringToEnd(tools: RolloutTools, entry: JournalEntry) {
  let needsRoom = false;
  for (let look = 1; ; look++) {
    const { observed, recovery } = await decide(tools, entry, needsRoom);
    const execution = await execute(tools, recovery.steps);
    const isNew = execution.outdated || (execution.needsRoom && !needsRoom);
    if (!isNew || look === LOOKS) return { observed, recovery, execution };
    needsRoom ||= execution.needsRoom;
    await tools.clock.sleep(PAUSE);
  }
}

async function decide(tools: RolloutTools, entry: JournalEntry, needsRoom = false) {
  const { phase, rollout, failure } = entry;
  const observed = await observeRollout(tools, rollout, phase);
  await assureSameEngine(tools, entry, observed);
  // Before the switch we stop nothing: who is down then was ended by the engine, by itself, or by somebody.
  const byHand = failure?.byHand ?? (phase === 'preparing' && (await anyEndedByHand(tools, entry, observed)));
  return { observed, recovery: decideRecovery(phase, rollout, observed, { needsRoom, byHand }) };
}

async function anyEndedByHand(
  tools: RolloutTools,
  { rollout, startedAt }: JournalEntry,
  observed: ObservedRollout,
): Promise<boolean> {
  for (const { name, running } of rollout.members) {
    const predecessor = observed.get(name)?.predecessor;
    if (predecessor === undefined || predecessor.running || !running) continue;
    if (await wasEndedByHand(tools, predecessor.id, startedAt)) return true;
  }
  return false;
}

/** What a person can type to bring a rollout to its end; nothing if the engine does not say what it has. */
export async function commandsFor(tools: RolloutTools, entry: JournalEntry): Promise<readonly string[]> {
  try {
    return renderCommands((await decide(tools, entry)).recovery.steps);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return [];
  }
}

/** Going back is safe from an older entry too, so a full disk does not keep from it. */
async function writeIfPossible(tools: RolloutTools, entry: JournalEntry): Promise<void> {
  try {
    await tools.journal.write(entry);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    tools.log.error(sentenceOf(error));
  }
}
