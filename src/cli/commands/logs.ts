import { EXIT } from '../exit-codes.ts';
import { openStack } from '../open-stack.ts';
import type { GlobalOptions } from '../session.ts';

export interface LogsOptions extends GlobalOptions {
  readonly follow?: boolean;
  readonly tail?: string;
}

/** `refreshd logs [-f] [--tail N] [SERVICE…]`: what the containers of the stack say. @returns the exit code */
export async function logs(services: readonly string[], options: LogsOptions): Promise<number> {
  const { follow = false, tail } = options;
  const { compose, home, output } = await openStack(options);
  const exit = await compose.run(
    'logs',
    ...(follow ? ['--follow'] : []),
    ...(tail === undefined ? [] : ['--tail', tail]),
    '--',
    ...services,
  );
  if (exit === EXIT.fine) output.value({ schema: 'refreshd.logs/1', home: home.path });
  return exit;
}
