import { exitCodeForAll } from '../../run/report.ts';
import { rollBack } from '../../run/roll-back.ts';
import { EXIT } from '../exit-codes.ts';
import { containerAsJson, printOutcomes } from '../print-report.ts';
import { type GlobalOptions, openSession, work } from '../session.ts';

/** `refreshd rollback NAME`. @returns the exit code */
export async function rollback(name: string, options: GlobalOptions): Promise<number> {
  const session = await openSession(options);
  const reports = await work(session, { doing: 'rollback', scheduled: false }, tools =>
    rollBack(tools, name),
  );
  const { output } = session;
  output.value({ schema: 'refreshd.rollback/1', containers: reports.map(containerAsJson) });
  printOutcomes(output, reports);
  // Here a container that was rolled back is what was asked for.
  const isDone = reports.some(report => report.name === name && report.outcome === 'rolled-back');
  return isDone ? EXIT.fine : exitCodeForAll(reports);
}
