import { shapeOfJson, z } from '../base/shape.ts';

/** The label on what a rollout makes that says whose it is and how to go back: the journal's second copy. */
export const ROLLOUT_LABEL = 'refreshd.rollout';
/** The label on a successor that names what the user had set although the image's default is the same. */
export const USER_SET_LABEL = 'refreshd.user-set';
/** What we write on containers, and no user does. */
export const OWN_LABELS: readonly string[] = [ROLLOUT_LABEL, USER_SET_LABEL];

const rolloutLabelShape = z.object({
  v: z.literal(1),
  /**
   * What the container is made for: to take over, to stand in for one that the engine removes when it stops, to be
   * that one again, or to try an image in.
   */
  role: z.enum(['successor', 'stand-in', 'restored', 'preflight']).default('successor'),
  /** The rollout's id. */
  id: z.string().regex(/^[0-9a-z]+$/),
  /** The home (a hash of its path) whose refreshd made this container; no other touches it. */
  home: z.string(),
  /** The name that the container shall bear in the end. */
  name: z.string().min(1),
  /** The container it replaces. */
  predecessor: z.string().min(1),
  /** The image id and reference that container ran. */
  from: z.string(),
  reference: z.string(),
  /** Its place among those that are replaced together. */
  place: z.number().int().nonnegative().default(0),
  /** The digest it was made from, or the id of an image that was here; neither where only the container is new. */
  digest: z.string().optional(),
  image: z.string().optional(),
  /** The restart policy it shall have in the end; until commit it has none. */
  restart: z.object({ name: z.string(), retries: z.number() }),
  /** Whether it shall run in the end. */
  running: z.boolean(),
  /** When the engine had started the predecessor, in its words. */
  startedAt: z.string().optional(),
  /** Whether the engine removes the predecessor when it stops (`--rm`). */
  vanishes: z.boolean().default(false),
});

export type RolloutLabel = z.infer<typeof rolloutLabelShape>;

export function printRolloutLabel(label: RolloutLabel): string {
  return JSON.stringify(label);
}

/** @returns undefined for a label that is not ours or not of this version */
export function parseRolloutLabel(text: string | undefined): RolloutLabel | undefined {
  if (text === undefined) return undefined;
  const read = shapeOfJson(rolloutLabelShape, text);
  return read.ok ? read.value : undefined;
}
