import type { Command } from 'commander';
import type { RunOptions } from '../commands/run.ts';
import { type Act, examples } from './act.ts';

/** The stack of the home, through compose. */
export function addStackCommands(program: Command, act: Act): void {
  program
    .command('up')
    .description('start the stack of docker-compose.yml, through docker compose')
    .addHelpText('after', examples('refreshd up', 'refreshd up --home /srv/mcp'))
    .action(act(async (options: RunOptions) => (await import('../commands/up.ts')).up(options)));
}
