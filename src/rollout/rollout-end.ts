import { sentenceOf } from '../base/failure.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { StateError } from '../journal/state-error.ts';
import { leader, type Rollout } from '../plan/rollout.ts';
import type { RolloutTools } from './tools.ts';

/**
 * How a rollout ended: `current` where only the registry's index had changed; `failed` where nothing was ever
 * stopped; `rollback-failed` where it is still open in the journal.
 */
export type RolloutOutcome = 'updated' | 'current' | 'rolled-back' | 'failed' | 'rollback-failed';

export interface RolloutEnd {
  readonly outcome: RolloutOutcome;
  readonly rollout: Rollout;
  /** Why it is not simply `updated`, or what is still left to do. */
  readonly reason: string | undefined;
  /** How long the service was down, in milliseconds, where that was seen. */
  readonly downtime: number | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Whether the digest was written down as one not to be tried again. */
  readonly rejected: boolean;
  /** How often recovery has been tried, where it has. */
  readonly attempts: number;
}

/**
 * Writes down what came of a rollout, then closes its journal entry. In this order: what is written twice after a
 * crash counts once, what is never written is lost.
 */
export async function closeRollout(
  tools: RolloutTools,
  entry: JournalEntry,
  end: RolloutEnd,
): Promise<RolloutEnd> {
  const rejected = await bestEffort(tools, () => reject(tools, entry, end));
  await bestEffort(tools, () => record(tools, entry, end));
  await bestEffort(tools, async () => tools.journal.close(entry.rollout.id));
  return { ...end, rejected: rejected ?? false };
}

/** Only what the image did wrong condemns its digest, and only on a container that was well before. */
async function reject(
  { rejections, clock }: RolloutTools,
  entry: JournalEntry,
  end: RolloutEnd,
): Promise<boolean> {
  const { target, wasHealthy, name } = leader(entry.rollout);
  const isToBlame = end.outcome === 'rolled-back' && entry.failure?.blame === 'image' && wasHealthy;
  if (!isToBlame || target.kind !== 'offered') return false;
  const { value } = await rejections.recall();
  await rejections.remember({
    ...value,
    [name]: { digest: target.digest, reason: entry.failure.reason, at: clock.now() },
  });
  return true;
}

async function record({ history, clock }: RolloutTools, entry: JournalEntry, end: RolloutEnd): Promise<void> {
  if (end.outcome === 'current') return;
  for (const member of entry.rollout.members) {
    await history.add({
      v: 1,
      rollout: entry.rollout.id,
      container: member.name,
      reference: member.reference,
      outcome: end.outcome,
      fromImage: member.fromImage,
      fromDigest: member.fromDigest,
      toDigest: member.target.kind === 'offered' ? member.target.digest : member.fromDigest,
      reason: end.reason,
      startedAt: entry.startedAt,
      endedAt: clock.now(),
      downtime: end.downtime === undefined ? undefined : Math.round(end.downtime),
    });
  }
}

/** The containers are as they should be by now; a full disk must not turn that into a failure, but is said. */
async function bestEffort<T>(tools: RolloutTools, write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    tools.log.error(sentenceOf(error));
    return undefined;
  }
}
