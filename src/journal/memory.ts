import { join } from 'node:path';
import { readOwnFile, writeDurably } from '../base/durable-file.ts';
import type { Log } from '../base/log.ts';
import { shapeOfJson, type z } from '../base/shape.ts';
import { toStateError } from './state-error.ts';

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
  const path = join(stateFolder, `${name}.json`);
  return {
    recall: async () => {
      const text = await readOwnFile(path).catch(error => {
        throw toStateError('read', path, error);
      });
      if (text === undefined) return { value: empty, problem: undefined };
      const read = shapeOfJson(shape, text);
      return read.ok
        ? { value: read.value, problem: undefined }
        : { value: empty, problem: `${path} is not understood and counts as empty: ${read.problem}` };
    },
    remember: async value => {
      await writeDurably(path, `${JSON.stringify(value, undefined, 1)}\n`).catch(error => {
        throw toStateError('write', path, error);
      });
    },
  };
}
