import { parseDigest } from '../image/digest.ts';
import { bestEffort } from '../journal/best-effort.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { Rejection } from '../journal/rejections.ts';
import { leader, type Member, type Rollout, type RolloutOutcome } from '../plan/rollout.ts';
import type { RolloutTools } from './tools.ts';

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
  /** Whether nothing of it bears the name any more. */
  readonly gone: boolean;
  /** Whether it stays in the journal and is tried again. */
  readonly open: boolean;
  /** Where it is still open: what a person can type to end it. */
  readonly byHand: readonly string[];
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
  const rejected = await bestEffort(tools.log, () => reject(tools, entry, end));
  await bestEffort(tools.log, () => record(tools, entry, end));
  await bestEffort(tools.log, async () => tools.journal.close(entry.rollout.id));
  return { ...end, rejected: rejected ?? false };
}

/**
 * Only what the image did wrong condemns its digest, whether it was put back or never taken, and only on a container
 * that was well before. What a person went back from is condemned too.
 */
async function reject(
  { rejections, clock }: RolloutTools,
  entry: JournalEntry,
  end: RolloutEnd,
): Promise<boolean> {
  const condemned = condemnedBy(entry, end.outcome);
  if (condemned.length === 0) return false;
  const reason = entry.failure?.reason ?? 'a person went back from it';
  const { value } = await rejections.recall();
  const added = condemned.map(([name, image]) => [name, { ...image, reason, at: clock.now() }] as const);
  await rejections.remember({ ...value, ...Object.fromEntries(added) });
  return true;
}

type Condemned = readonly [name: string, image: Pick<Rejection, 'digest' | 'aliases'>];

function condemnedBy(
  { rollout, phase, failure }: JournalEntry,
  outcome: RolloutOutcome,
): readonly Condemned[] {
  const { members } = rollout;
  const isBack = outcome === 'rolled-back';
  if (!isBack && !(outcome === 'failed' && phase === 'preparing')) return [];
  const left = members.flatMap(member => (member.target.kind === 'kept' ? leftBy(member) : []));
  if (left.length > 0) return isBack ? left : [];
  const failed = members.find(({ name }) => name === failure?.container) ?? leader(rollout);
  if (failure?.blame !== 'image' || !failed.wasHealthy) return [];
  // One that is only made anew shows what the others' new images do to it.
  const suspects = failed.target.kind === 'same' ? members : [failed];
  return suspects.flatMap(({ name, target }) =>
    target.kind === 'offered' ? [[name, { digest: target.digest, aliases: target.aliases }] as const] : [],
  );
}

/** Without containerd's image store an image's id is the digest of its configuration. */
function leftBy({ name, fromImage, fromDigest, fromManifest }: Member): readonly Condemned[] {
  if (fromDigest === undefined) return [];
  const aliases = [fromManifest, parseDigest(fromImage)].flatMap(each => (each === undefined ? [] : [each]));
  return [[name, { digest: fromDigest, aliases }]];
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
      ...imagesOf(member, end.outcome),
      reason: end.reason,
      startedAt: entry.startedAt,
      endedAt: clock.now(),
      downtime: end.downtime === undefined ? undefined : Math.round(end.downtime),
    });
  }
}

/** A rollback reads as one, whoever asked for it: `from` is what runs again, `to` what was left. */
function imagesOf({ target, fromImage, fromDigest }: Member, outcome: RolloutOutcome) {
  if (target.kind === 'same') return { fromImage, fromDigest, toDigest: fromDigest };
  if (target.kind === 'kept' && outcome === 'rolled-back')
    return { fromImage: target.image, fromDigest: target.digest, toDigest: fromDigest };
  return { fromImage, fromDigest, toDigest: target.digest };
}
