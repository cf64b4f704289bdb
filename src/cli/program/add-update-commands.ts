import type { Command } from 'commander';
import type { RunOptions } from '../commands/run.ts';
import { type Act, examples } from './act.ts';

/** What looks at containers and updates them. */
export function addUpdateCommands(program: Command, act: Act): void {
  program
    .command('run')
    .argument('[names...]', 'only these containers')
    .description('one run now: recover, check, update what is outdated')
    .option('--scheduled', 'as the daemon starts it: wait for the lock, print log lines')
    .addHelpText('after', examples('refreshd run', 'refreshd --run-now', 'refreshd run autotask-mcp --json'))
    .action(
      act(async (names: string[], options: RunOptions) =>
        (await import('../commands/run.ts')).run(names, options),
      ),
    );

  program
    .command('check')
    .argument('[names...]', 'only these containers')
    .description('say what a run would do, and change nothing')
    .option('--plan', 'print every step with its cause')
    .addHelpText(
      'after',
      examples(
        'refreshd check',
        'refreshd check --plan autotask-mcp',
        'refreshd check || echo "there is something to do"',
      ),
    )
    .action(
      act(async (names: string[], options: RunOptions) =>
        (await import('../commands/check.ts')).check(names, options),
      ),
    );

  program
    .command('status')
    .description('what is watched, what it runs, and when the next run is')
    .addHelpText('after', examples('refreshd status', 'refreshd status --json'))
    .action(act(async (options: RunOptions) => (await import('../commands/status.ts')).status(options)));

  program
    .command('history')
    .argument('[name]', 'only this container')
    .description('past updates, newest first')
    .addHelpText('after', examples('refreshd history', 'refreshd history autotask-mcp --json'))
    .action(
      act(async (name: string | undefined, options: RunOptions) =>
        (await import('../commands/history.ts')).history(name, options),
      ),
    );

  program
    .command('rollback')
    .argument('<name>', 'the container')
    .description('back to the image before the last update, which is not taken again')
    .addHelpText('after', examples('refreshd rollback autotask-mcp'))
    .action(
      act(async (name: string, options: RunOptions) =>
        (await import('../commands/rollback.ts')).rollback(name, options),
      ),
    );

  program
    .command('pin')
    .argument('<name>', 'the container')
    .argument('[digest]', 'the only digest that it may run, sha256:… (else the one that it runs)')
    .description('allow a container that digest alone; any other is refused before it is pulled')
    .addHelpText(
      'after',
      examples('refreshd pin autotask-mcp', 'refreshd pin autotask-mcp sha256:<64 hex digits>'),
    )
    .action(
      act(async (name: string, digest: string | undefined, options: RunOptions) =>
        (await import('../commands/pin.ts')).pin(name, digest, options),
      ),
    );

  program
    .command('unpin')
    .argument('<name>', 'the container')
    .description('let a container take again what its registry offers')
    .addHelpText('after', examples('refreshd unpin autotask-mcp'))
    .action(
      act(async (name: string, options: RunOptions) =>
        (await import('../commands/pin.ts')).unpin(name, options),
      ),
    );

  program
    .command('recover')
    .description('finish or undo rollouts that were interrupted (every run does so first)')
    .option('--scheduled', 'as the daemon starts it')
    .addHelpText('after', examples('refreshd recover'))
    .action(act(async (options: RunOptions) => (await import('../commands/recover.ts')).recover(options)));
}
