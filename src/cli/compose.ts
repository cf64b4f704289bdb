import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cleanText } from '../base/clean-text.ts';
import { Failure } from '../base/failure.ts';
import { openRunProgram, TOO_LONG } from '../service/run-program.ts';

/** What belongs to compose did not work out. */
export class ComposeError extends Failure<'no-stack' | 'no-compose' | 'unsafe' | 'failed'> {}

/** In compose's own order (Compose specification, "Compose file"). */
const NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];

/** The file that describes the stack of a home. Only there: compose itself would go on in the folders above. */
export function composeFile(home: string): string | undefined {
  return NAMES.map(name => join(home, name)).find(existsSync);
}

/** The two ways in which compose is installed: as a plugin of docker, and as a program of its own. */
const WAYS: readonly (readonly [string, ...string[]])[] = [['docker', 'compose'], ['docker-compose']];

/** How compose is called on this machine. */
export interface FoundCompose {
  readonly command: readonly [string, ...string[]];
  readonly version: string;
}

/** How long it is waited for, in milliseconds: it is a large program, and the machine may be at work. */
export const PATIENCE = 30_000;

/** @throws ComposeError if compose is not there */
export async function findCompose(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<FoundCompose> {
  const run = openRunProgram(environment, { timeout: PATIENCE });
  for (const command of WAYS) {
    const { code, stdout } = await run([...command, 'version', '--short']);
    if (code === 0) return { command, version: cleanText(stdout, 40) };
    if (code === TOO_LONG)
      throw new ComposeError(
        'failed',
        `"${command.join(' ')} version" did not end within ${PATIENCE / 1000} s.`,
        {
          hint: 'See what keeps it waiting.',
        },
      );
  }
  throw new ComposeError('no-compose', 'Neither "docker compose" nor "docker-compose" is installed.', {
    hint: 'Install the compose plugin (Debian: docker-compose; Docker’s own packages: docker-compose-plugin).',
  });
}

export interface ComposeCall {
  /** The home. */
  readonly folder: string;
  /** Never a secret: everybody can read a command line. What is secret, compose reads from `.env`. */
  readonly args: readonly string[];
  /** Whether standard output belongs to us, so that what compose says goes to standard error. */
  readonly quiet: boolean;
}

/** Has compose do something with the stack of a home, saying what it says. @throws ComposeError */
export async function runCompose({ folder, args, quiet }: ComposeCall): Promise<void> {
  if (composeFile(folder) === undefined)
    throw new ComposeError('no-stack', `There is no compose file in ${folder}.`, {
      hint: 'Name the folder of your docker-compose.yml with --home.',
    });
  const { command } = await findCompose(process.env);
  const [program, ...first] = command;
  const exit = await endOf(program, [...first, ...args], {
    cwd: folder,
    stdio: ['inherit', quiet ? process.stderr : 'inherit', 'inherit'],
  });
  if (exit !== 0)
    throw new ComposeError(
      'failed',
      `${[program, ...first, ...args].join(' ')} did not work out (exit code ${exit}).`,
      {
        hint: 'What it says is above.',
      },
    );
}

/** Signals of a terminal reach it as well as us, so that it is left to it to end. @returns its exit code */
function endOf(
  program: string,
  args: readonly string[],
  options: Parameters<typeof spawn>[2],
): Promise<number> {
  return new Promise(resolve => {
    const child = spawn(program, args, options);
    const passOn = () => void child.kill('SIGTERM');
    const wait = () => undefined;
    process.on('SIGTERM', passOn).on('SIGINT', wait);
    const end = (exit: number) => {
      process.off('SIGTERM', passOn).off('SIGINT', wait);
      resolve(exit);
    };
    child.on('error', () => end(127));
    child.on('close', code => end(code ?? 137));
  });
}
