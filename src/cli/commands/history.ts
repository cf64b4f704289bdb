import { formatDuration } from '../../base/duration.ts';
import { formatLocalTime } from '../../base/local-time.ts';
import { shortDigest } from '../../image/digest.ts';
import { openHistory, type PastRollout } from '../../journal/history.ts';
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
    rollouts.map(each => row(each, settings.REFRESHD_TIMEZONE)),
  );
  if (rollouts.length === 0)
    output.line(
      name === undefined ? 'Nothing was updated yet.' : `Nothing was updated yet under the name ${name}.`,
    );
  return 0;
}

function row(
  { endedAt, container, outcome, fromDigest, fromImage, toDigest, reason = '', downtime }: PastRollout,
  zone: string | undefined,
): readonly string[] {
  const down = downtime === undefined ? '' : `down for ${formatDuration(downtime)}`;
  return [
    formatLocalTime(endedAt, zone),
    container,
    outcome,
    `${shortDigest(fromDigest ?? fromImage)} → ${toDigest === undefined ? 'unknown' : shortDigest(toDigest)}`,
    [down, reason].filter(each => each !== '').join('; '),
  ];
}
