import { Command, CommanderError } from 'commander';
import { Failure, sentenceOf } from '../base/failure.ts';
import { bugReport } from './bug-report.ts';
import type { InstallOptions } from './commands/install.ts';
import type { RunOptions } from './commands/run.ts';
import type { UninstallOptions } from './commands/uninstall.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { knownSecrets } from './known-secrets.ts';
import { wasTold } from './told.ts';
import { version } from './version.ts';

/** An action's exit code; the modules behind it are loaded only when it is chosen. */
type Action = (...args: never[]) => Promise<number>;

/**
 * Reads the command line and does what it says.
 * @param file the program's own file, for the children that the daemon starts
 * @returns the exit code
 */
export async function runProgram(file: string, args: readonly string[]): Promise<number> {
  let exit: number = EXIT.fine;
  const act =
    (action: Action) =>
    async (...given: unknown[]) => {
      const command = given.at(-1) as Command;
      exit = await action(...([...given.slice(0, -2), command.optsWithGlobals()] as never[]));
    };
  const program = buildProgram(file, act);
  try {
    await program.parseAsync(args.map(asCommand), { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
    if (!wasTold(error)) process.stderr.write(`refreshd: ${wordsFor(error)}\n`);
    return exitCodeOf(error);
  }
}

function wordsFor(error: unknown): string {
  return error instanceof Failure ? knownSecrets.redact(sentenceOf(error)) : bugReport(error);
}

/** `--run-now` is the command `run`. */
function asCommand(arg: string): string {
  return arg === '--run-now' ? 'run' : arg;
}

function buildProgram(
  file: string,
  act: (action: Action) => (...given: unknown[]) => Promise<void>,
): Command {
  const program = new Command('refreshd')
    .description(
      'Keeps the containers of a Docker host on the newest image of their tag: checked, swapped, proven healthy, or put back.',
    )
    .version(version(), '--version', 'print the version')
    .option(
      '--home <folder>',
      'the folder of docker-compose.yml and refreshd.env (REFRESHD_HOME; else this checkout)',
    )
    .option('--json', 'print JSON, in a shape that is documented and versioned')
    .option('--no-color', 'print without colours (NO_COLOR)')
    .option('--run-now', 'the same as the command run')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .exitOverride()
    .addHelpText('after', MAIN_HELP);

  program
    .command('daemon', { isDefault: true })
    .description('wait for the schedule and run when it is due (what systemd and launchd start)')
    .addHelpText('after', examples('refreshd', 'refreshd daemon --home /srv/mcp'))
    .action(act(async (options: RunOptions) => (await import('./commands/daemon.ts')).daemon(file, options)));

  program
    .command('run')
    .argument('[names...]', 'only these containers')
    .description('one run now: recover, check, update what is outdated')
    .option('--scheduled', 'as the daemon starts it: wait for the lock, print log lines')
    .addHelpText('after', examples('refreshd run', 'refreshd --run-now', 'refreshd run autotask-mcp --json'))
    .action(
      act(async (names: string[], options: RunOptions) =>
        (await import('./commands/run.ts')).run(names, options),
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
        (await import('./commands/check.ts')).check(names, options),
      ),
    );

  program
    .command('status')
    .description('what is watched, what it runs, and when the next run is')
    .addHelpText('after', examples('refreshd status', 'refreshd status --json'))
    .action(act(async (options: RunOptions) => (await import('./commands/status.ts')).status(options)));

  program
    .command('history')
    .argument('[name]', 'only this container')
    .description('past updates, newest first')
    .addHelpText('after', examples('refreshd history', 'refreshd history autotask-mcp --json'))
    .action(
      act(async (name: string | undefined, options: RunOptions) =>
        (await import('./commands/history.ts')).history(name, options),
      ),
    );

  program
    .command('rollback')
    .argument('<name>', 'the container')
    .description('back to the image before the last update, which is not taken again')
    .addHelpText('after', examples('refreshd rollback autotask-mcp'))
    .action(
      act(async (name: string, options: RunOptions) =>
        (await import('./commands/rollback.ts')).rollback(name, options),
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
        (await import('./commands/pin.ts')).pin(name, digest, options),
      ),
    );

  program
    .command('unpin')
    .argument('<name>', 'the container')
    .description('let a container take again what its registry offers')
    .addHelpText('after', examples('refreshd unpin autotask-mcp'))
    .action(
      act(async (name: string, options: RunOptions) =>
        (await import('./commands/pin.ts')).unpin(name, options),
      ),
    );

  program
    .command('recover')
    .description('finish or undo rollouts that were interrupted (every run does so first)')
    .option('--scheduled', 'as the daemon starts it')
    .addHelpText('after', examples('refreshd recover'))
    .action(act(async (options: RunOptions) => (await import('./commands/recover.ts')).recover(options)));

  program
    .command('install')
    .description('install the daemon as a service that starts at boot, or upgrade it (systemd, launchd)')
    .option('--user <name>', 'as root: the user that the service runs as, instead of one of its own')
    .option('--no-linger', 'as another user: leave lingering as it is (systemd)')
    .option('--dry-run', 'show what would be written and done, and change nothing')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      examples(
        'refreshd install --dry-run',
        'refreshd install --home /srv/mcp',
        'sudo refreshd install --home /srv/mcp --yes',
      ),
    )
    .action(
      act(async (options: InstallOptions) => (await import('./commands/install.ts')).install(file, options)),
    );

  program
    .command('uninstall')
    .description('remove the service; logs and state stay')
    .option('--purge', 'remove logs and state too')
    .option('--dry-run', 'show what would be done, and change nothing')
    .option('--yes', 'do not ask')
    .addHelpText('after', examples('refreshd uninstall', 'sudo refreshd uninstall --purge --yes'))
    .action(
      act(async (options: UninstallOptions) => (await import('./commands/uninstall.ts')).uninstall(options)),
    );

  program
    .command('doctor')
    .description('check what a new user gets wrong, each with its remedy; changes nothing')
    .addHelpText('after', examples('refreshd doctor', 'refreshd doctor --json'))
    .action(act(async (options: RunOptions) => (await import('./commands/doctor.ts')).doctor(options)));

  program
    .command('up')
    .description('start the stack of docker-compose.yml, through docker compose')
    .addHelpText('after', examples('refreshd up', 'refreshd up --home /srv/mcp'))
    .action(act(async (options: RunOptions) => (await import('./commands/up.ts')).up(options)));

  program
    .command('tick', { hidden: true })
    .argument('<reason>')
    .action(
      act(async (reason: never, options: RunOptions) =>
        (await import('./commands/tick.ts')).tick(reason, options),
      ),
    );

  return program;
}

function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map(line => `  $ ${line}`).join('\n')}`;
}

const MAIN_HELP = `
Examples:
  $ refreshd check             what would be updated?
  $ refreshd run               update it now
  $ refreshd                   stay, and update every Sunday at 03:00
  $ tail -F logs/update.log    what happened?

Exit codes: 0 fine, 1 something failed or was rolled back, 2 usage or settings, 3 a person is needed,
4 the engine cannot be reached, 10 check found updates, 75 another run is at work.`;
