import { logOutcome } from '../../run/outcome-words.ts';
import { recoverAll } from '../../run/recover-all.ts';
import { exitCodeForAll, isTriedAgain, reportEnd } from '../../run/report.ts';
import { EXIT } from '../exit-codes.ts';
import { containerAsJson, printOutcomes } from '../print-report.ts';
import { openSession, work } from '../session.ts';
import type { RunOptions } from './run.ts';

/** `refreshd recover`. @returns the exit code */
export async function recover(options: RunOptions): Promise<number> {
  const session = await openSession(options);
  const scheduled = options.scheduled ?? false;
  const ends = await work(session, { doing: 'recover', scheduled }, async tools => {
    // Somebody who types it insists; the daemon does not.
    const ended = await recoverAll(tools, !scheduled);
    for (const each of ended.flatMap(reportEnd)) logOutcome(tools.log, each);
    return ended;
  });
  const recovered = ends.flatMap(reportEnd);
  // The daemon tries again by itself, until no attempt is left.
  if (scheduled) return ends.some(isTriedAgain) ? EXIT.failed : exitCodeForAll(recovered);
  const { output } = session;
  output.value({ schema: 'refreshd.recover/1', recovered: recovered.map(containerAsJson) });
  printOutcomes(output, recovered);
  if (recovered.length === 0) output.line('No rollout was left unfinished.');
  return exitCodeForAll(recovered);
}
