import { z } from '../base/shape.ts';
import { type Memory, openMemory } from './memory.ts';

const lastRunShape = z.object({
  /** Milliseconds since 1970. */
  startedAt: z.number(),
  endedAt: z.number(),
  /** The run in one sentence, as in the log. */
  summary: z.string(),
});

/** The run before this one, or nothing. */
export type LastRun = z.infer<typeof lastRunShape> | undefined;

export function openLastRun(stateFolder: string): Memory<LastRun> {
  return openMemory<LastRun>(stateFolder, 'last-run', lastRunShape, undefined);
}
