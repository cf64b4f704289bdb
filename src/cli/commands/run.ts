import { exitCodeFor } from '../../run/report.ts';
import { updateRun } from '../../run/update-run.ts';
import { printReport } from '../print-report.ts';
import { type GlobalOptions, openSession, work } from '../session.ts';

export interface RunOptions extends GlobalOptions {
  /** Started by the daemon. */
  readonly scheduled?: boolean;
}

/** `refreshd run [NAME…]`. @returns the exit code */
export async function run(names: readonly string[], options: RunOptions): Promise<number> {
  const session = await openSession(options);
  const scheduled = options.scheduled ?? false;
  const report = await work(session, { doing: 'run', scheduled }, tools =>
    updateRun(tools, { names, dryRun: false }),
  );
  if (!scheduled) printReport(session.output, report, 'run', false);
  return exitCodeFor(report);
}
