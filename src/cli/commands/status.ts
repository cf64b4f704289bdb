import { cleanText } from '../../base/clean-text.ts';
import { formatDayAndMinute, formatLocalTime } from '../../base/local-time.ts';
import { formatRelative } from '../../base/relative-time.ts';
import { openDueMemory, type RememberedDue } from '../../daemon/due.ts';
import { forecast } from '../../daemon/forecast.ts';
import { shortDigest } from '../../image/digest.ts';
import { type ContainerStatus, type StatusReport, takeStatus } from '../../run/status.ts';
import type { Output } from '../output.ts';
import { type GlobalOptions, look, openSession } from '../session.ts';
import { type Settings, scheduleOf } from '../settings.ts';
import { openStateFolder } from '../state-folder.ts';

/** So many runs to come are shown. */
const TOLD = 5;

/** `refreshd status`. @returns the exit code */
export async function status(options: GlobalOptions): Promise<number> {
  const session = await openSession(options);
  const { home, output, settings } = session;
  const report = await look(session, takeStatus);
  const { value: remembered } = await openDueMemory(await openStateFolder(home)).recall();
  const { runs, isWaitedFor } = forecast(scheduleOf(settings), remembered, Date.now(), TOLD);
  const nextRun = isWaitedFor ? runs[0] : undefined;
  output.value({ schema: 'refreshd.status/1', home: home.path, ...report, nextRun, nextRuns: runs });
  printTrouble(output, report);
  output.table(
    ['CONTAINER', 'IMAGE', 'RUNNING', 'STATE', 'LAST UPDATE'],
    report.containers.map(each => row(output, each)),
  );
  if (report.containers.length === 0)
    output.line('No container is watched. Label one refreshd.enable=true, or start the stack of this home.');
  if (!output.isTerminal) return 0;
  const when = (moment: number) =>
    `${formatLocalTime(moment, settings.REFRESHD_TIMEZONE)} (${formatRelative(moment, Date.now())})`;
  output.line('');
  output.line(
    `Last run: ${report.lastRun === undefined ? 'none yet' : `${when(report.lastRun.endedAt)} — ${report.lastRun.summary}`}`,
  );
  for (const line of nextRunLines(settings, remembered, Date.now())) output.line(line);
  return 0;
}

/** The next runs, one a line, and why nobody waits for them where that is so. */
export function nextRunLines(settings: Settings, remembered: RememberedDue, now: number): readonly string[] {
  const { runs, isWaitedFor } = forecast(scheduleOf(settings), remembered, now, TOLD);
  const lines = runs.map((each, index) => {
    const heading = index === 0 ? 'Next runs:' : ' '.repeat('Next runs:'.length);
    return `${heading} ${formatDayAndMinute(each, settings.REFRESHD_TIMEZONE)} (${formatRelative(each, now)})`;
  });
  if (remembered === undefined) lines.push('The daemon has not been started in this home yet.');
  else if (!isWaitedFor)
    lines.push('The daemon has not read the changed schedule yet: restart it, or send it SIGHUP.');
  else if (remembered.runAt < now) lines.push('The first is at work right now, or the daemon does not run.');
  return lines;
}

/** What is wrong comes first. */
function printTrouble(output: Output, report: StatusReport): void {
  for (const file of report.unreadable) {
    output.line(output.style('red', `A journal file cannot be understood: ${file}. Run: refreshd recover`));
  }
  for (const name of report.unfinished) {
    output.line(output.style('red', `${name}: a rollout is unfinished. Run: refreshd recover`));
  }
  if (report.pinsProblem !== undefined)
    output.line(output.style('red', `Nothing is updated, because it may be pinned: ${report.pinsProblem}.`));
  // In a pipe the columns say it.
  for (const words of output.isTerminal ? report.containers.flatMap(troubleOf) : [])
    output.line(output.style('red', words));
  for (const { name, pinProblem, notes } of report.containers) {
    if (pinProblem !== undefined) output.line(output.style('red', `${name}: ${pinProblem}`));
    for (const note of notes) output.line(output.style('yellow', `${name}: ${note}`));
  }
  for (const { name, rejected } of report.containers) {
    if (rejected === undefined) continue;
    const words = `${shortDigest(rejected.digest)} did not work out (${rejected.reason}) and is not taken again`;
    output.line(output.style('yellow', `${name}: ${words}`));
  }
}

/** How the last update ended, where that left something to be seen to. */
const SAD: Readonly<Record<string, string>> = {
  failed: 'its last update failed',
  'rollback-failed': 'going back from its last update failed',
};

/** What a container itself shows: that it does not run as it should, or that its last update came to nothing. */
function troubleOf({ name, state, lastRollout }: ContainerStatus): readonly string[] {
  const sad = SAD[lastRollout?.outcome ?? ''];
  const { reason = '', endedAt = 0 } = lastRollout ?? {};
  const why = reason === '' ? '' : `: ${reason}`;
  return [
    ...(isBad(state) ? [`${name}: ${cleanText(state, 60)}`] : []),
    ...(sad === undefined ? [] : [`${name}: ${sad} ${formatRelative(endedAt, Date.now())}${why}`]),
  ];
}

/** In the engine's words, as `docker ps` shows them. What has ended well was a task. */
function isBad(state: string): boolean {
  return /^(Restarting|Dead|Removal|Exited \((?!0\)))|\((unhealthy|Paused)\)/.test(state);
}

function row(output: Output, each: ContainerStatus): readonly string[] {
  const digest = each.digest === undefined ? 'no digest' : shortDigest(each.digest);
  const version = each.version === undefined ? '' : ` (${cleanText(each.version, 30)})`;
  const last = each.lastRollout;
  return [
    each.name,
    each.reference,
    `${digest}${version}${pinWords(each)}`,
    output.style(isBad(each.state) ? 'red' : each.state.startsWith('Up') ? 'green' : 'yellow', each.state),
    each.skipped ??
      (last === undefined ? 'none yet' : `${last.outcome} ${formatRelative(last.endedAt, Date.now())}`),
  ];
}

function pinWords({ pin, digest }: ContainerStatus): string {
  if (pin === undefined) return '';
  return pin.digest === digest ? ', pinned' : `, pinned to ${shortDigest(pin.digest)}`;
}
