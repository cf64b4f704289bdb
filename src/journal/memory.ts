import type { Log } from '../base/log.ts';
import type { z } from '../base/shape.ts';
import { openStateFile } from './state-file.ts';

/** One thing that is remembered from run to run, in a file of its own. */
export interface Memory<T> {
  /** The remembered value; the empty one if there is none or it cannot be understood. */
  recall(): Promise<{ readonly value: T; readonly problem: string | undefined }>;
  remember(value: T): Promise<void>;
}

/** The remembered value; that there was one that cannot be understood is said. */
export async function recallOrWarn<T>(memory: Memory<T>, log: Log): Promise<T> {
  const { value, problem } = await memory.recall();
  if (problem !== undefined) log.warn(`${problem}.`);
  return value;
}

/**
 * What may be lost without harm: forgotten, it is learnt again. A file that cannot be understood therefore
 * counts as empty, and is said to.
 */
export function openMemory<T>(stateFolder: string, name: string, shape: z.ZodType<T>, empty: T): Memory<T> {
  const { path, read, write } = openStateFile(stateFolder, name, shape, empty);
  return {
    recall: async () => {
      const found = await read();
      return found.ok
        ? { value: found.value, problem: undefined }
        : { value: empty, problem: `${path} is not understood and counts as empty: ${found.problem}` };
    },
    remember: write,
  };
}
