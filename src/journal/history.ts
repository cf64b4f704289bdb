import { join } from 'node:path';
import { appendDurably, readOwnFile, writeDurably } from '../base/durable-file.ts';
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

/** A longer file is made shorter, to half of that: years of updates, and far from what can still be read. */
const LONGEST = 1024 * 1024;

export function openHistory(stateFolder: string): History {
  const path = join(stateFolder, 'history.jsonl');
  return {
    add: async rollout => {
      const length = await appendDurably(path, printLine(rollout).trimEnd()).catch(error => {
        throw toStateError('write', path, error);
      });
      // The line is written. Where the file cannot be made shorter now, that is tried again at the next one.
      if (length > LONGEST) await shorten(path).catch(() => undefined);
    },
    read: async () => {
      const text = await readOwnFile(path).catch(error => {
        throw toStateError('read', path, error);
      });
      return parseLines(text ?? '');
    },
  };
}

async function shorten(path: string): Promise<void> {
  const past = parseLines((await readOwnFile(path)) ?? '');
  await writeDurably(
    path,
    withoutOldest(past, LONGEST / 2)
      .map(printLine)
      .join(''),
  );
}

function printLine(rollout: PastRollout): string {
  return `${JSON.stringify(rollout)}\n`;
}

function parseLines(text: string): readonly PastRollout[] {
  const byRollout = new Map<string, PastRollout>();
  for (const line of text.split('\n')) {
    const read = shapeOfJson(pastRolloutShape, line);
    if (read.ok) byRollout.set(`${read.value.rollout} ${read.value.container}`, read.value);
  }
  return [...byRollout.values()];
}

/**
 * The newest rollouts that fit, in their order. Of each container the update that a rollback would take back goes before
 * newer ones of others; where not even those fit, the newest of them.
 * @param room bytes, for their lines
 */
export function withoutOldest(past: readonly PastRollout[], room: number): readonly PastRollout[] {
  const names = new Set(past.map(({ container }) => container));
  const needed = new Set([...names].map(name => lastReplaced(past, name)));
  const kept = new Set<PastRollout>();
  let left = room;
  for (const wanted of [past.filter(each => needed.has(each)), past]) {
    for (const each of wanted.toReversed()) {
      if (kept.has(each)) continue;
      left -= Buffer.byteLength(printLine(each));
      if (left < 0) break;
      kept.add(each);
    }
  }
  return past.filter(each => kept.has(each));
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
