import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchHost } from './bench-host.ts';

/** One way to do something, and what it costs each time. */
export interface Way<T> {
  readonly once: (round: number) => Promise<T>;
  /** The most times that it is measured, where it takes minutes; then there is no first time that does not count. */
  readonly most?: number;
}

/** Each way's samples. */
export type Taken<Name extends string, T> = Readonly<Record<Name, readonly T[]>>;

/** Milliseconds in which the engine finishes what the measurement before left behind. */
const CALM = 500;

/** Measures ways in turn, so that what else the machine does meets all of them; the first round does not count. */
export async function inTurn<Name extends string, T>(
  { repetitions, tell }: BenchHost,
  what: string,
  ways: Readonly<Record<Name, Way<T>>>,
): Promise<Taken<Name, T>> {
  const names = Object.keys(ways) as Name[];
  const samples = Object.fromEntries(names.map(name => [name, [] as T[]])) as Record<Name, T[]>;
  for (let round = 0; round <= repetitions; round++) {
    for (const name of names) {
      const { once, most } = ways[name];
      if (most !== undefined && (round === 0 || round > most)) continue;
      await sleep(CALM);
      const sample = await once(round);
      tell(`${what}, ${round === 0 ? 'not counted' : `round ${round}`}: ${name} ${JSON.stringify(sample)}`);
      if (round > 0) samples[name].push(sample);
    }
  }
  return samples;
}

/** One number of each sample. */
export function numbersIn<Name extends string, T>(
  samples: Taken<Name, T>,
  pick: (sample: T) => number,
): Taken<Name, number> {
  const entries = Object.entries<readonly T[]>(samples).map(([name, taken]) => [name, taken.map(pick)]);
  return Object.fromEntries(entries) as Taken<Name, number>;
}
