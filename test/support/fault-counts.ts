import type { FaultCase } from './fault-cases.ts';

/** A case, and whether everything held after it. */
export interface FaultResult {
  readonly of: FaultCase;
  /** What did not hold. */
  readonly problem: string | undefined;
}

/** How many cases ran and held: per fault and per phase, one line for each fault. */
export function renderCounts(title: string, results: readonly FaultResult[]): string {
  const phases = [...new Set(results.map(({ of }) => of.call.phase))].sort();
  const faults = [...new Set(results.map(({ of }) => of.fault.name))];
  const rows = [
    ['', ...phases, 'all'],
    ...[...faults, 'all'].map(fault => [
      fault,
      ...[...phases, 'all'].map(phase =>
        cell(
          results.filter(
            ({ of }) =>
              (fault === 'all' || of.fault.name === fault) && (phase === 'all' || of.call.phase === phase),
          ),
        ),
      ),
    ]),
  ];
  const held = results.filter(({ problem }) => problem === undefined).length;
  const widest = Math.max(...faults.map(({ length }) => length), 14) + 2;
  const lines = rows.map(row =>
    row
      .map((each, column) => each.padEnd(column === 0 ? widest : 14))
      .join('')
      .trimEnd(),
  );
  return `${title}: ${results.length} cases, ${held} held (held/cases)\n${lines.join('\n')}\n`;
}

function cell(results: readonly FaultResult[]): string {
  if (results.length === 0) return '-';
  return `${results.filter(({ problem }) => problem === undefined).length}/${results.length}`;
}
