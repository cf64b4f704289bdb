import { join } from 'node:path';
import { appendDurably, readOwnFile } from '../base/durable-file.ts';
import { shapeOfJson, z } from '../base/shape.ts';
import { toStateError } from './state-error.ts';

const pastRolloutShape = z.object({
  v: z.literal(1),
  rollout: z.string(),
  container: z.string(),
  reference: z.string(),
  outcome: z.enum(['updated', 'rolled-back', 'failed', 'rollback-failed']),
  /** Image ids and digests before and after, as far as they are known. */
  fromImage: z.string(),
  fromDigest: z.string().optional(),
  toDigest: z.string().optional(),
  reason: z.string().optional(),
  /** Milliseconds since 1970. */
  startedAt: z.number(),
  endedAt: z.number(),
  /** How long the service was down, in milliseconds; left out where it never was, or nobody was there to see. */
  downtime: z.number().optional(),
});

/** One rollout of the past. */
export type PastRollout = z.infer<typeof pastRolloutShape>;

/** The rollouts of the past, one JSON line each, oldest first. */
export interface History {
  add(rollout: PastRollout): Promise<void>;
  /** Lines that cannot be read are left out. A rollout that was written twice, by a crash, counts once. */
  read(): Promise<readonly PastRollout[]>;
}

export function openHistory(stateFolder: string): History {
  const path = join(stateFolder, 'history.jsonl');
  return {
    add: async rollout => {
      await appendDurably(path, JSON.stringify(rollout)).catch(error => {
        throw toStateError('write', path, error);
      });
    },
    read: async () => {
      const text = await readOwnFile(path).catch(error => {
        throw toStateError('read', path, error);
      });
      const byRollout = new Map<string, PastRollout>();
      for (const line of (text ?? '').split('\n')) {
        const read = shapeOfJson(pastRolloutShape, line);
        if (read.ok) byRollout.set(`${read.value.rollout} ${read.value.container}`, read.value);
      }
      return [...byRollout.values()];
    },
  };
}

/** The last update of a container that was not taken back; it says what ran before. */
export function lastReplaced(past: readonly PastRollout[], name: string): PastRollout | undefined {
  const updates: PastRollout[] = [];
  for (const rollout of past) {
    if (rollout.container !== name) continue;
    const { outcome, fromImage, fromDigest, toDigest } = rollout;
    if (outcome === 'updated' && fromDigest !== toDigest) updates.push(rollout);
    if (outcome === 'rolled-back' && fromImage === updates.at(-1)?.fromImage) updates.pop();
  }
  return updates.at(-1);
}

/** Whether a rollout is told of as one that ended with the new container. */
export function wentForward(past: readonly PastRollout[], rolloutId: string): boolean {
  return past.some(({ rollout, outcome }) => rollout === rolloutId && outcome === 'updated');
}
