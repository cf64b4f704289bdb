import { parseArgs } from 'node:util';
import { MEASUREMENTS, type Measurement } from './figure.ts';

/** What is to be measured, how often, and how it is told. */
export interface Wishes {
  readonly only: readonly Measurement[];
  readonly repetitions: number;
  readonly as: 'table' | 'marked table' | 'json';
}

/** @param args as in `--only check,start --repetitions 3 --json`. @throws Error if they are not understood */
export function readWishes(args: readonly string[]): Wishes {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: MEASUREMENTS.join() },
      repetitions: { type: 'string', default: '15' },
      json: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
    },
  });
  const repetitions = Number(values.repetitions);
  if (!Number.isInteger(repetitions) || repetitions < 1)
    throw new Error('--repetitions wants a whole number from 1 on.');
  const only = values.only.split(',').map(name => {
    const found = MEASUREMENTS.find(each => each === name.trim());
    if (found === undefined) throw new Error(`--only wants some of ${MEASUREMENTS.join(', ')}.`);
    return found;
  });
  return { only, repetitions, as: values.json ? 'json' : values.markdown ? 'marked table' : 'table' };
}
