import { type Command, InvalidArgumentError } from 'commander';
import type { LogsOptions } from '../commands/logs.ts';
import type { RunOptions } from '../commands/run.ts';
import { type Act, examples } from './act.ts';

/** The stack of the home, through compose. */
export function addStackCommands(program: Command, act: Act): void {
  program
    .command('up')
    .description('start the stack of docker-compose.yml, and wait until it is proven healthy')
    .addHelpText('after', examples('refreshd up', 'refreshd up --home /srv/mcp'))
    .action(act(async (options: RunOptions) => (await import('../commands/up.ts')).up(options)));

  program
    .command('down')
    .description('stop the stack and remove its containers and networks; volumes and images stay')
    .addHelpText('after', examples('refreshd down'))
    .action(act(async (options: RunOptions) => (await import('../commands/down.ts')).down(options)));

  program
    .command('pull')
    .argument('[services...]', 'only these services')
    .description('pull the images of the stack that may be taken; what is pinned or refused stays')
    .addHelpText(
      'after',
      examples('refreshd pull', 'refreshd pull autotask-mcp', 'refreshd pull && refreshd up'),
    )
    .action(
      act(async (services: string[], options: RunOptions) =>
        (await import('../commands/pull.ts')).pull(services, options),
      ),
    );

  program
    .command('logs')
    .argument('[services...]', 'only these services')
    .description('what the containers of the stack say')
    .option('-f, --follow', 'go on, until Ctrl-C')
    .option('-n, --tail <lines>', 'only so many lines of each, from the end', readLines)
    .addHelpText('after', examples('refreshd logs -f', 'refreshd logs --tail 100 autotask-mcp'))
    .action(
      act(async (services: string[], options: LogsOptions) =>
        (await import('../commands/logs.ts')).logs(services, options),
      ),
    );
}

function readLines(text: string): string {
  if (/^(\d+|all)$/.test(text)) return text;
  throw new InvalidArgumentError('It must be a number, or all.');
}
