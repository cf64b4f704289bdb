import { formatDuration } from '../base/duration.ts';
import type { Log } from '../base/log.ts';
import { shortDigest } from '../image/digest.ts';
import type { ContainerReport, Outcome } from './report.ts';

/** How loud an outcome is, and what is said of it. Every failure says what runs now, and what happens next. */
interface Saying {
  readonly level: keyof Log;
  readonly words: (report: ContainerReport) => string;
}

const old = ({ from }: ContainerReport) =>
  from === undefined ? 'the image it ran before' : shortDigest(from);
const offered = ({ to }: ContainerReport) => (to === undefined ? 'the new image' : shortDigest(to));
const why = ({ reason }: ContainerReport) => reason ?? 'no reason known';
const downFor = ({ downtime }: ContainerReport) =>
  downtime === undefined ? '' : `, down for ${formatDuration(downtime)}`;

/** Nobody but the person who asked goes back. */
const whatNext = (report: ContainerReport) =>
  report.rejected ? `; ${offered(report)} is not tried again` : '; tried again at the next run';
const stillRunning = (report: ContainerReport) =>
  ` It stays on ${old(report)}${report.asked ? '' : whatNext(report)}.`;

const SAYINGS: Readonly<Record<Outcome, Saying>> = {
  updated: {
    level: 'info',
    words: report =>
      `Updated from ${old(report)} to ${offered(report)}${downFor(report)}${report.reason === undefined ? '' : `; ${report.reason}`}.`,
  },
  'rolled-back': {
    level: 'error',
    words: report =>
      `Rolled back: ${why(report)}. Running again: ${old(report)}${downFor(report)}; ${offered(report)} was not kept.`,
  },
  failed: {
    level: 'error',
    words: report =>
      `${report.asked ? 'Not taken back' : 'Not updated'}: ${why(report)}.${report.gone ? '' : stillRunning(report)}`,
  },
  'rollback-failed': { level: 'error', words: report => `A person is needed: ${why(report)}` },
  unresolved: {
    level: 'warn',
    words: report =>
      `Could not be checked: ${why(report)}. It goes on as it is; tried again at the next run.`,
  },
  rejected: {
    level: 'warn',
    words: report =>
      `${offered(report)} is still offered and still not taken: it did not work out before: ${why(report)}. Waiting for another.`,
  },
  outdated: {
    level: 'info',
    words: report =>
      `${report.reference} offers ${offered(report)}${report.signedBy === undefined ? '' : `, signed by ${report.signedBy}`}; running ${old(report)}.`,
  },
  pinned: { level: 'debug', words: report => `${offered(report)} is offered and not taken: ${why(report)}.` },
  skipped: { level: 'debug', words: report => `Skipped: ${why(report)}.` },
  current: {
    level: 'debug',
    words: report => `Current${report.reason === undefined ? '' : `: ${report.reason}`}.`,
  },
};

/** Logs what came of one container, as loud as it deserves. */
export function logOutcome(log: Log, report: ContainerReport): void {
  const { level, words } = SAYINGS[report.outcome];
  const { name, reference, outcome, from, to, reason, downtime } = report;
  log[level](words(report), { container: name, details: { outcome, reference, from, to, reason, downtime } });
}
