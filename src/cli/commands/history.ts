import { formatDuration } from '../../base/duration.ts';
import { formatDayAndMinute, formatLocalTime } from '../../base/local-time.ts';
import { formatRelative } from '../../base/relative-time.ts';
import { shortDigest } from '../../image/digest.ts';
import { openHistory, type PastRollout } from '../../journal/history.ts';
import type { Output } from '../output.ts';
import { OUTCOME_STYLES } from '../print-report.ts';
import { type GlobalOptions, openSession } from '../session.ts';
import { openStateFolder } from '../state-folder.ts';

/** `refreshd history [NAME]`: newest first. Asks neither engine nor registry. @returns the exit code */
export async function history(name: string | undefined, options: GlobalOptions): Promise<number> {
  const { home, output, settings } = await openSession(options);
  const all = await openHistory(await openStateFolder(home)).read();
  const rollouts = all.filter(({ container }) => name === undefined || container === name).reverse();
  output.value({ schema: 'refreshd.history/1', rollouts });
  output.table(
    ['WHEN', 'CONTAINER', 'OUTCOME', 'FROM → TO', 'WHY'],
    rollouts.map(each => row(output, each, settings.REFRESHD_TIMEZONE)),
  );
  if (rollouts.length === 0)
    output.line(
      name === undefined ? 'Nothing was updated yet.' : `Nothing was updated yet under the name ${name}.`,
    );
  return 0;
}

function row(
  output: Output,
  { endedAt, container, outcome, fromDigest, fromImage, toDigest, reason = '', downtime }: PastRollout,
  zone: string | undefined,
): readonly string[] {
  const down = downtime === undefined ? '' : `down for ${formatDuration(downtime)}`;
  const from = shortDigest(fromDigest ?? fromImage);
  const to = toDigest === undefined ? 'unknown' : shortDigest(toDigest);
  return [
    output.isTerminal ? whenWords(endedAt, Date.now(), zone) : formatLocalTime(endedAt, zone),
    container,
    output.style(OUTCOME_STYLES[outcome], outcome),
    from === to ? `${from}, made anew` : `${from} → ${to}`,
    [down, reason].filter(each => each !== '').join('; '),
  ];
}

/** The last days are told apart by their names. */
const SOME_DAYS = 6 * 24 * 60 * 60 * 1000;

/** A moment of the past as a person says it: `3 d ago (Sun 03:00)`, and `6 d ago (2026-11-02)` where that would be unclear. */
function whenWords(moment: number, now: number, zone: string | undefined): string {
  const [weekday, date, minute] = formatDayAndMinute(moment, zone).split(' ');
  const day = now - moment < SOME_DAYS ? `${weekday} ${minute}` : date;
  return `${formatRelative(moment, now)} (${day})`;
}
