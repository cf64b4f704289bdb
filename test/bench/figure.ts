/** The measurements that there are, in the order in which they are made. */
export const MEASUREMENTS = [
  'downtime',
  'check',
  'idle',
  'start',
  'rollback',
  'recovery',
  'footprint',
] as const;
export type Measurement = (typeof MEASUREMENTS)[number];

/** Milliseconds, seconds, megabytes (10^6 bytes), seconds in an hour, or things that are counted. */
export type Unit = 'ms' | 's' | 'MB' | 's/h' | 'requests' | 'packages';

/** What was measured of one way to do something. */
export interface Figure {
  readonly measurement: Measurement;
  /** What is done, or who does it: `a service that stops at once`. */
  readonly what: string;
  /** By whom: `refreshd`, or what it is compared with. */
  readonly way: string;
  readonly unit: Unit;
  /** How many times. */
  readonly measured: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Its median as a multiple of the floor's: of the least that can do the same. Left out where there is no floor. */
  readonly ratio?: number;
}

/** What is measured of each way, under its name. */
export type Samples<Way extends string> = Readonly<Record<Way, readonly number[]>>;

/** The figures of ways that were measured side by side. @param floor the way that the others are compared with */
export function figuresOf<Way extends string>(
  about: Pick<Figure, 'measurement' | 'what' | 'unit'>,
  samples: Samples<Way>,
  floor?: NoInfer<Way>,
): readonly Figure[] {
  const least = floor === undefined ? undefined : median(samples[floor]);
  return (Object.entries(samples) as [Way, readonly number[]][])
    .filter(([, values]) => values.length > 0)
    .map(([way, values]) => ({
      ...about,
      way,
      measured: values.length,
      median: round(median(values)),
      min: round(Math.min(...values)),
      max: round(Math.max(...values)),
      ...(least !== undefined && least > 0 && { ratio: round(median(values) / least) }),
    }));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** To three digits, and no integer to fewer than it has. */
function round(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
