import { type Figure, MEASUREMENTS, type Measurement } from './figure.ts';

const TITLES: Readonly<Record<Measurement, string>> = {
  downtime: 'How long an update takes a service down',
  check: 'A check of containers that are all current',
  idle: 'The daemon while it waits',
  start: 'Starting',
  rollback: 'Going back, from when the failure can be known',
  recovery: 'After SIGKILL between stop and start, from the start of whoever puts it right',
  footprint: 'What an installation brings',
};

/** One Markdown table for each measurement: a row for each thing measured, a column for each way. */
export function renderFigures(figures: readonly Figure[]): string {
  return MEASUREMENTS.map(measurement => figures.filter(figure => figure.measurement === measurement))
    .filter(own => own.length > 0)
    .map(renderMeasurement)
    .join('\n');
}

function renderMeasurement(figures: readonly Figure[]): string {
  const ways = [...new Set(figures.map(({ way }) => way))];
  const hasFloor = figures.some(({ ratio }) => ratio !== undefined);
  const headings = ['', 'unit', ...ways, ...(hasFloor ? ['refreshd ÷ floor'] : []), 'times'];
  const rows = rowsOf(figures).map(row => [
    row[0]?.what ?? '',
    row[0]?.unit ?? '',
    ...ways.map(way => cellOf(row.find(figure => figure.way === way))),
    ...(hasFloor ? [row.find(({ way }) => way === 'refreshd')?.ratio?.toString() ?? ''] : []),
    timesOf(row),
  ]);
  const [first] = figures;
  return `**${first === undefined ? '' : TITLES[first.measurement]}**\n\n${renderTable(headings, rows)}`;
}

/** What belongs side by side, in the order in which it was measured. */
function rowsOf(figures: readonly Figure[]): readonly (readonly Figure[])[] {
  const rows = new Map<string, Figure[]>();
  for (const figure of figures) {
    const key = `${figure.what} ${figure.unit}`;
    rows.set(key, [...(rows.get(key) ?? []), figure]);
  }
  return [...rows.values()];
}

function cellOf(figure: Figure | undefined): string {
  if (figure === undefined) return '';
  const { median, min, max } = figure;
  return min === max ? `${median}` : `${median} (${min}–${max})`;
}

/** How many times each way was measured; one number where that is the same for all. */
function timesOf(row: readonly Figure[]): string {
  const times = row.map(({ measured }) => measured);
  return new Set(times).size === 1 ? String(times[0]) : times.join(', ');
}

/** Padded, so that it can be read as it is. */
function renderTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((_, column) =>
    Math.max(3, ...[headings, ...rows].map(row => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |\n`;
  return [headings, widths.map(width => '-'.repeat(width)), ...rows].map(line).join('');
}
