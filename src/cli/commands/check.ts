import { exitCodeFor } from '../../run/report.ts';
import { updateRun } from '../../run/update-run.ts';
import { printReport } from '../print-report.ts';
import { type GlobalOptions, look, openSession } from '../session.ts';

export interface CheckOptions extends GlobalOptions {
  readonly plan?: boolean;
}

/** `refreshd check [NAME…] [--plan]`. @returns the exit code */
export async function check(names: readonly string[], options: CheckOptions): Promise<number> {
  const session = await openSession(options);
  const report = await look(session, tools => updateRun(tools, { names, dryRun: true }));
  printReport(session.output, report, 'check', options.plan ?? false);
  return exitCodeFor(report);
}
