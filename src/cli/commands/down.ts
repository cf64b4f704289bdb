import { EXIT } from '../exit-codes.ts';
import { openStack } from '../open-stack.ts';
import { type GlobalOptions, work } from '../session.ts';

/** `refreshd down`: containers and networks go, volumes and images stay. @returns the exit code */
export async function down(options: GlobalOptions): Promise<number> {
  const { compose, ...session } = await openStack(options);
  const exit = await work(session, { doing: 'down', scheduled: false }, () => compose.run('down'));
  if (exit === EXIT.fine) session.output.value({ schema: 'refreshd.down/1', home: session.home.path });
  return exit;
}
