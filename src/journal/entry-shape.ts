import { createHash } from 'node:crypto';
import { type Shaped, shapeOfJson, z } from '../base/shape.ts';
import { restartPolicyShape } from '../container/inspected.ts';
import { digestShape } from './digest-shape.ts';
import type { JournalEntry } from './journal.ts';

const VERSION = 1;

const targetShape = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('offered'),
    digest: digestShape,
    aliases: z.array(digestShape).optional(),
    pulled: z.boolean(),
  }),
  z.object({ kind: z.literal('kept'), image: z.string().min(1), digest: digestShape.optional() }),
  z.object({ kind: z.literal('same') }),
]);

const memberShape = z.object({
  name: z.string().min(1),
  predecessor: z.string().min(1),
  reference: z.string().min(1),
  fromImage: z.string().min(1),
  fromDigest: digestShape.optional(),
  fromManifest: digestShape.optional(),
  target: targetShape,
  restart: restartPolicyShape,
  running: z.boolean(),
  vanishes: z.boolean().default(false),
  startedAt: z.string().optional(),
  wasHealthy: z.boolean(),
  ports: z.array(z.string()),
  probePort: z.number().int().optional(),
  stopGrace: z.number().nonnegative(),
});

const entryShape = z.object({
  rollout: z.object({
    id: z.string().regex(/^[0-9a-z]+$/),
    home: z.string(),
    members: z.array(memberShape).min(1),
  }),
  phase: z.enum(['preparing', 'switching', 'committed', 'undoing']),
  startedAt: z.number(),
  attempts: z.number().int().nonnegative(),
  engine: z.string().optional(),
  failure: z
    .object({
      reason: z.string(),
      blame: z.enum(['image', 'environment']),
      container: z.string().optional(),
      byHand: z.boolean().optional(),
    })
    .optional(),
});

const fileShape = z.object({ v: z.literal(VERSION), sum: z.string(), entry: z.unknown() });

/** The text of a journal file: a version, a checksum, and the entry; nothing that the shape does not name. */
export function printEntry(given: JournalEntry): string {
  const entry = entryShape.parse(given);
  return `${JSON.stringify({ v: VERSION, sum: checksum(entry), entry })}\n`;
}

/** Reads a journal file back; anything torn, garbled or of another version is a problem. */
export function parseEntry(text: string): Shaped<JournalEntry> {
  const file = shapeOfJson(fileShape, text);
  if (!file.ok) return file;
  if (checksum(file.value.entry) !== file.value.sum) return { ok: false, problem: 'its checksum is wrong' };
  const entry = shapeOfJson(entryShape, JSON.stringify(file.value.entry));
  return entry.ok ? { ok: true, value: withAllKeys(entry.value) } : entry;
}

/** JSON leaves out what is undefined; the types do not. */
function withAllKeys(entry: z.infer<typeof entryShape>): JournalEntry {
  const members = entry.rollout.members.map(member => ({
    ...member,
    target:
      member.target.kind === 'kept' ? { ...member.target, digest: member.target.digest } : member.target,
    fromDigest: member.fromDigest,
    fromManifest: member.fromManifest,
    probePort: member.probePort,
    startedAt: member.startedAt,
  }));
  return { ...entry, rollout: { ...entry.rollout, members }, failure: entry.failure };
}

function checksum(entry: unknown): string {
  return createHash('sha256').update(JSON.stringify(entry)).digest('hex').slice(0, 16);
}
