import { join } from 'node:path';
import { readOwnFile, writeDurably } from '../base/durable-file.ts';
import { type Shaped, shapeOfJson, type z } from '../base/shape.ts';
import { toStateError } from './state-error.ts';

/** One value in a file of its own, for whoever must know whether it could be understood. Everything throws StateError. */
export interface StateFile<T> {
  readonly path: string;
  /** The value, or the empty one if there is no file; what is wrong with one that cannot be understood. */
  read(): Promise<Shaped<T>>;
  /** Written and synced when this resolves. */
  write(value: T): Promise<void>;
}

/** `state/<name>.json` */
export function openStateFile<T>(
  stateFolder: string,
  name: string,
  shape: z.ZodType<T>,
  empty: T,
): StateFile<T> {
  const path = join(stateFolder, `${name}.json`);
  return {
    path,
    read: async () => {
      const text = await readOwnFile(path).catch(error => {
        throw toStateError('read', path, error);
      });
      return text === undefined ? { ok: true, value: empty } : shapeOfJson(shape, text);
    },
    write: async value => {
      await writeDurably(path, `${JSON.stringify(value, undefined, 1)}\n`).catch(error => {
        throw toStateError('write', path, error);
      });
    },
  };
}
