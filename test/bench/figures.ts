import type { OnSigterm } from './bench-service.ts';
import { type Downtimes, WAYS, type Way } from './measure.ts';

/** One line of the table: milliseconds, and how often as long as `docker restart` it takes. */
export interface Figure {
  readonly sigterm: OnSigterm;
  readonly way: Way;
  readonly measured: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly ratio: number;
}

/** What a service does at SIGTERM, and so how it stops. */
const STOPS: Readonly<Record<OnSigterm, string>> = {
  obeys: 'stops at once',
  ignores: 'is killed after 2 s',
};

const HEADINGS = ['service', 'started anew by', 'times', 'median', 'min', 'max', 'ratio'];

export function figuresOf(sigterm: OnSigterm, downtimes: Downtimes): readonly Figure[] {
  const floor = median(downtimes['docker restart']);
  return WAYS.map(way => {
    const times = downtimes[way];
    const middle = median(times);
    return {
      sigterm,
      way,
      measured: times.length,
      median: round(middle, 1),
      min: round(Math.min(...times), 1),
      max: round(Math.max(...times), 1),
      ratio: round(middle / floor, 3),
    };
  });
}

/** Downtimes in milliseconds, with the ratio of the medians. */
export function renderFigures(figures: readonly Figure[]): string {
  const rows = figures.map(({ sigterm, way, measured, median, min, max, ratio }) => [
    STOPS[sigterm],
    way,
    String(measured),
    ...[median, min, max].map(each => `${each.toFixed(0)} ms`),
    ratio.toFixed(2),
  ]);
  const widths = HEADINGS.map((_, column) =>
    Math.max(...[HEADINGS, ...rows].map(row => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return [HEADINGS, widths.map(width => '─'.repeat(width)), ...rows].map(row => `${line(row)}\n`).join('');
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

function round(value: number, places: number): number {
  return Number(value.toFixed(places));
}
