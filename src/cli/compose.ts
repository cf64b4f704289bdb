import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { readDockerHost } from '../engine/docker-host.ts';
import { openRunProgram } from '../service/run-program.ts';
import { ComposeError } from './compose-error.ts';
import { type ComposeCommand, findCompose } from './find-compose.ts';
import { type StackService, servicesIn } from './stack-services.ts';

/** In compose's own order (Compose specification, "Compose file"). */
const NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];

/** The file that describes the stack of a home. Only there: compose itself would go on in the folders above. */
export function composeFile(home: string): string | undefined {
  return NAMES.map(name => join(home, name)).find(existsSync);
}

/** Compose, at work on the stack of a home. */
export interface Compose {
  /**
   * Has it do something, saying what it says.
   * @param args never a secret: everybody can read a command line. What is secret, compose reads from `.env`.
   * @returns 0, or as a shell would say it what signal ended it: 130 for Ctrl-C
   * @throws ComposeError
   */
  run(...args: readonly string[]): Promise<number>;
  /** The services of the stack, without those of profiles that are not on. @throws ComposeError */
  services(): Promise<readonly StackService[]>;
}

export interface ComposeOptions {
  /** The home. */
  readonly folder: string;
  /** Whether standard output belongs to us, so that what compose says goes to standard error. */
  readonly quiet: boolean;
  /** Whether it may use colours, and write over its lines, where a person looks on. */
  readonly colorful: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Finds compose and the stack. @throws ComposeError */
export async function openCompose({
  folder,
  quiet,
  colorful,
  environment,
}: ComposeOptions): Promise<Compose> {
  // Compose would print an address that cannot be used, with the password that is in it.
  readDockerHost(environment);
  if (composeFile(folder) === undefined)
    throw new ComposeError('no-stack', `There is no compose file in ${folder}.`, {
      hint: 'Name the folder of your docker-compose.yml with --home.',
    });
  const { command } = await findCompose(environment);
  return {
    run: async (...args) => {
      const whole = [...command, ...(colorful ? [] : ['--ansi', 'never']), ...args] as const;
      const exit = await endOf(whole, folder, quiet, environment);
      if (exit === 0 || (exit > SIGNALLED && exit <= SIGNALLED + MOST_SIGNALS)) return exit;
      throw failed([...command, ...args], exit, 'What it says is above.');
    },
    services: () => readServices(command, folder, environment),
  };
}

/**
 * Compose itself says what its files, overrides and variables come to. With that it hands over all values of `.env`, by a
 * pipe that only we read; what is not a service's name, image or the like is left where it is.
 */
async function readServices(
  command: ComposeCommand,
  folder: string,
  environment: ComposeOptions['environment'],
): Promise<readonly StackService[]> {
  const run = openRunProgram(environment, { cwd: folder });
  const { code, stdout, stderr } = await run([...command, 'config', '--format', 'json']);
  if (code !== 0) {
    process.stderr.write(stderr);
    throw failed([...command, 'config'], code, 'What it says is above.');
  }
  const read = servicesIn(stdout);
  if (read.ok) return read.value;
  throw failed([...command, 'config'], code, `What it says is not understood: ${read.problem}.`);
}

function failed(words: readonly string[], exit: number, hint: string): ComposeError {
  return new ComposeError('failed', `${words.join(' ')} did not work out (exit code ${exit}).`, { hint });
}

/** From here on an exit code names a signal (POSIX shell, "Exit Status for Commands"). */
const SIGNALLED = 128;
const MOST_SIGNALS = 64;

/** Ctrl-C reaches it as well as us, so that it is left to it to end; SIGTERM is passed on. @returns its exit code */
function endOf(
  [program = '', ...args]: readonly string[],
  cwd: string,
  quiet: boolean,
  environment: ComposeOptions['environment'],
): Promise<number> {
  return new Promise(resolve => {
    const stdio = ['inherit' as const, quiet ? process.stderr : ('inherit' as const), 'inherit' as const];
    const child = spawn(program, args, { cwd, stdio, env: environment });
    let told: NodeJS.Signals | undefined;
    const heed = (signal: NodeJS.Signals) => {
      told ??= signal;
      if (signal === 'SIGTERM') child.kill(signal);
    };
    process.on('SIGTERM', heed).on('SIGINT', heed);
    const end = (exit: number, by: NodeJS.Signals | null | undefined) => {
      process.off('SIGTERM', heed).off('SIGINT', heed);
      resolve(by ? SIGNALLED + constants.signals[by] : exit);
    };
    child.on('error', () => end(127, undefined));
    child.on('close', (code, signal) => end(code ?? SIGNALLED, told ?? signal));
  });
}
