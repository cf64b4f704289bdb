import { Command, CommanderError } from 'commander';
import { Failure, sentenceOf } from '../../base/failure.ts';
import { bugReport } from '../bug-report.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { knownSecrets } from '../known-secrets.ts';
import { wasTold } from '../told.ts';
import { version } from '../version.ts';
import type { Act, Action } from './act.ts';
import { addServiceCommands } from './add-service-commands.ts';
import { addStackCommands } from './add-stack-commands.ts';
import { addStartingCommands } from './add-starting-commands.ts';
import { addUpdateCommands } from './add-update-commands.ts';

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
    if (args[0] === 'complete' && args[1] === '--')
      return await (await import('./complete.ts')).answerShell(program, args.slice(2));
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

/** All commands with their options and help. @param file the program's own file */
export function buildProgram(file: string, act: Act): Command {
  const program = new Command('refreshd')
    .description(
      'Keeps the containers of a Docker host on the newest image of their tag: checked, swapped, proven healthy, or put back.',
    )
    .version(version(), '--version', 'print the version')
    .option(
      '--home <folder>',
      'the folder of docker-compose.yml and refreshd.env (REFRESHD_HOME; else this checkout, or the current folder)',
    )
    .option('--json', 'print JSON, in a shape that is documented and versioned')
    .option('--no-color', 'print without colours (NO_COLOR)')
    .option('--run-now', 'the same as the command run')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .exitOverride()
    .addHelpText('after', MAIN_HELP);

  addStartingCommands(program, act);
  addServiceCommands(program, act, file);
  addUpdateCommands(program, act);
  addStackCommands(program, act);

  return program;
}

const MAIN_HELP = `
Examples:
  $ refreshd check             what would be updated?
  $ refreshd run               update it now
  $ refreshd                   stay, and update every Sunday at 03:00
  $ tail -F logs/update.log    what happened?

Exit codes: 0 fine, 1 something failed or was rolled back, 2 usage or settings, 3 a person is needed,
4 the engine cannot be reached, 10 check found updates, 75 another run is at work.`;
