import { readDockerHost } from '../../engine/docker-host.ts';
import { ComposeError, runCompose } from '../compose.ts';
import { EXIT } from '../exit-codes.ts';
import { type GlobalOptions, openSession } from '../session.ts';
import { lookAtStackSecrets } from '../stack-secrets.ts';

/** `refreshd up`. @returns the exit code */
export async function up(options: GlobalOptions): Promise<number> {
  const { home, output } = await openSession(options);
  // Compose would print it, with what is in it.
  readDockerHost(process.env);
  const { state, says, remedy } = await lookAtStackSecrets(home.path, process.env);
  if (state === 'bad')
    throw new ComposeError('unsafe', `The stack is not started: ${says}.`, { hint: remedy });
  await runCompose({ folder: home.path, args: ['up', '-d'], quiet: output.json });
  output.value({ schema: 'refreshd.up/1', home: home.path });
  return EXIT.fine;
}
