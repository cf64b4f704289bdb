import type { JournalEntry } from '../journal/journal.ts';
import { leader } from '../plan/rollout.ts';
import { commandsFor, MOST_ATTEMPTS, recover } from '../rollout/recover.ts';
import type { RolloutEnd } from '../rollout/rollout-end.ts';
import { findOrphans } from './find-orphans.ts';
import type { RunTools } from './run-tools.ts';

/**
 * Ends every rollout that an earlier run did not, before anything new is begun.
 * @param insist tries again what was given up on: a person asked for it
 */
export async function recoverAll(tools: RunTools, insist: boolean): Promise<readonly RolloutEnd[]> {
  const { entries, unreadable } = await tools.journal.open();
  for (const file of unreadable) {
    tools.log.error(
      `A journal file could not be understood and was put aside as ${file}. What it was about is looked up on the engine.`,
    );
  }
  const { entries: rebuilt, strangers } = await findOrphans(
    tools,
    new Set(entries.map(({ rollout }) => rollout.id)),
  );
  for (const name of strangers) {
    tools.log.warn(
      `${name} is left over from a rollout that this home knows nothing of. It is left alone; if nobody else works on it, rename or remove it.`,
      { container: name },
    );
  }
  const ends: RolloutEnd[] = [];
  for (const entry of [...entries, ...rebuilt]) {
    ends.push(await recoverOne(tools, entry, insist));
  }
  return ends;
}

async function recoverOne(tools: RunTools, entry: JournalEntry, insist: boolean): Promise<RolloutEnd> {
  const { name } = leader(entry.rollout);
  if (entry.attempts >= MOST_ATTEMPTS && entry.phase !== 'committed' && !insist) {
    return {
      outcome: 'rollback-failed',
      rollout: entry.rollout,
      reason: entry.failure?.reason,
      downtime: undefined,
      startedAt: entry.startedAt,
      rejected: false,
      attempts: entry.attempts,
      gone: false,
      open: true,
      byHand: await commandsFor(tools, entry),
    };
  }
  tools.log.warn(`An earlier rollout did not finish (it was ${entry.phase}); bringing it to an end.`, {
    container: name,
  });
  return recover(tools, entry);
}
