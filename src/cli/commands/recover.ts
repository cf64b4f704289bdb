import { logOutcome } from '../../run/outcome-words.ts';
import { recoverAll } from '../../run/recover-all.ts';
import { type ContainerReport, exitCodeForAll, reportEnd } from '../../run/report.ts';
import { containerAsJson, printOutcomes } from '../print-report.ts';
import { openSession, work } from '../session.ts';
import type { RunOptions } from './run.ts';

/** `refreshd recover`. @returns the exit code */
export async function recover(options: RunOptions): Promise<number> {
  const session = await openSession(options);
  const scheduled = options.scheduled ?? false;
  const recovered = await work(
    session,
    { doing: 'recover', scheduled },
    async (tools): Promise<readonly ContainerReport[]> => {
      // Somebody who types it insists; the daemon's start does not.
      const reports = (await recoverAll(tools, !scheduled)).flatMap(reportEnd);
      for (const each of reports) logOutcome(tools.log, each);
      return reports;
    },
  );
  if (!scheduled) {
    const { output } = session;
    output.value({ schema: 'refreshd.recover/1', recovered: recovered.map(containerAsJson) });
    printOutcomes(output, recovered);
    if (recovered.length === 0) output.line('No rollout was left unfinished.');
  }
  return exitCodeForAll(recovered);
}
