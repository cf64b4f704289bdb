import { formatDuration } from '../base/duration.ts';
import { shortDigest } from '../image/digest.ts';
import { renderStep } from '../plan/render-plan.ts';
import { summarize } from '../run/log-report.ts';
import type { ContainerReport, Outcome, RunReport } from '../run/report.ts';
import type { Output } from './output.ts';

/** How an outcome is shown to a person. */
export const OUTCOME_STYLES: Readonly<Record<Outcome, Parameters<Output['style']>[0]>> = {
  current: 'green',
  updated: 'green',
  outdated: 'yellow',
  pinned: 'yellow',
  skipped: 'dim',
  rejected: 'yellow',
  unresolved: 'yellow',
  failed: 'red',
  'rolled-back': 'red',
  'rollback-failed': 'red',
};

/** Shows what came of a run: a table and a sentence to a person, columns in a pipe, JSON to a program. */
export function printReport(
  output: Output,
  report: RunReport,
  kind: 'run' | 'check',
  withPlan: boolean,
): void {
  const all = [...report.recovered, ...report.containers];
  output.value(reportAsJson(report, kind));
  printOutcomes(output, all);
  if (output.isTerminal || all.length === 0) output.line(summarize(report));
  if (withPlan) for (const each of all) printSteps(output, each);
}

/** One row for each container. */
export function printOutcomes(output: Output, reports: readonly ContainerReport[]): void {
  if (reports.length > 0)
    output.table(
      ['CONTAINER', 'OUTCOME', 'IMAGE', 'WHY'],
      reports.map(each => row(output, each)),
    );
}

function row(output: Output, report: ContainerReport): readonly string[] {
  const { name, outcome, reason = '', notes, downtime, signedBy } = report;
  const down = downtime === undefined ? '' : `down for ${formatDuration(downtime)}`;
  const signed = signedBy === undefined ? '' : `signed by ${signedBy}`;
  return [
    name,
    output.style(OUTCOME_STYLES[outcome], outcome),
    digests(report),
    [down, signed, reason, ...notes].filter(each => each !== '').join('; '),
  ];
}

function digests({ reference, from, to }: ContainerReport): string {
  const change = [from, to]
    .flatMap(digest => (digest === undefined ? [] : [shortDigest(digest)]))
    .join(' → ');
  return change === '' ? reference : `${reference} ${change}`;
}

function printSteps(output: Output, { name, steps }: ContainerReport): void {
  if (steps.length === 0) return;
  output.line('');
  output.line(output.style('bold', `What would be done about ${name}:`));
  for (const [index, step] of steps.entries())
    output.line(`${String(index + 1).padStart(3)}. ${renderStep(step)}`);
  output.line(
    '     Then commit: the new container has the name, the old one is gone, its volumes stay. If any step fails, all is put back.',
  );
}

/** The documented shape of `run --json` and `check --json`: `schema` changes when it does. */
function reportAsJson(report: RunReport, kind: 'run' | 'check') {
  return {
    schema: `refreshd.${kind}/1`,
    startedAt: new Date(report.startedAt).toISOString(),
    endedAt: new Date(report.endedAt).toISOString(),
    summary: summarize(report),
    registryRequests: report.registryRequests,
    interrupted: report.interrupted,
    recovered: report.recovered.map(containerAsJson),
    containers: report.containers.map(containerAsJson),
  };
}

/** One container of that shape. */
export function containerAsJson({ steps, ...rest }: ContainerReport) {
  return { ...rest, ...(steps.length > 0 && { steps: steps.map(renderStep) }) };
}
