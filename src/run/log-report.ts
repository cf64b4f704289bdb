import { formatDuration } from '../base/duration.ts';
import type { Log } from '../base/log.ts';
import { logOutcome } from './outcome-words.ts';
import type { RunReport } from './report.ts';

/** Writes what came of a run: a line for each container there is something to say of, and one for the whole. */
export function logReport(log: Log, report: RunReport): void {
  for (const container of [...report.recovered, ...report.containers]) logOutcome(log, container);
  log.info(summarize(report));
}

/** The run as a whole, in one sentence. */
export function summarize({ containers, took, registryRequests, interrupted }: RunReport): string {
  const counts = new Map<string, number>();
  for (const { outcome } of containers) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const requests = `${registryRequests} registry request${registryRequests === 1 ? '' : 's'}`;
  const cost = `(${requests}, ${formatDuration(took)})`;
  const end = interrupted ? ' Told to leave before it was through.' : '';
  if (containers.length === 0) return `No container is watched ${cost}.${end}`;
  const checked = `${containers.length} container${containers.length === 1 ? '' : 's'} checked`;
  const isCalm = counts.size === 1 && counts.has('current');
  const parts = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  return `${checked}${isCalm ? ', all current' : `: ${parts}`} ${cost}.${end}`;
}
