import { cleanText } from '../base/clean-text.ts';
import { openRunProgram, type RunProgram, TOO_LONG } from '../service/run-program.ts';
import { ComposeError } from './compose-error.ts';

/** How compose is called: as a plugin of docker, or as a program of its own. */
export type ComposeCommand = readonly [string, ...string[]];

/** How compose is called on this machine. */
export interface FoundCompose {
  readonly command: ComposeCommand;
  readonly version: string;
}

/** How long compose is waited for where it only looks, in milliseconds: it is large, and the machine may be at work. */
export const COMPOSE_PATIENCE = 30_000;

const WAYS: readonly ComposeCommand[] = [['docker', 'compose'], ['docker-compose']];
/** The first of the Go line, which the plugin and the program of today are: the one before it has no end of its own. */
const OLDEST = 2;
const REMEDY =
  'Install Compose 2 or newer: docker-compose-plugin of Docker’s own packages, docker-compose on Debian 13, docker-compose-v2 on Ubuntu.';

/** @throws ComposeError where it is not there, or too old */
export async function findCompose(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<FoundCompose> {
  const run = openRunProgram(environment, { timeout: COMPOSE_PATIENCE });
  const old: string[] = [];
  for (const way of WAYS) {
    const version = await versionOf(run, way);
    if (version === undefined) continue;
    if (Number.parseInt(version, 10) >= OLDEST) return { command: way, version };
    old.push(`${way.join(' ')} is ${version}`);
  }
  if (old.length > 0)
    throw new ComposeError('too-old', `Compose is too old here: ${old.join(', ')}.`, { hint: REMEDY });
  const hasDocker = (await run(['docker', '--version'])).code === 0;
  throw new ComposeError(
    'no-compose',
    hasDocker
      ? 'docker is installed without its compose plugin, and "docker-compose" is not there either.'
      : 'Neither "docker compose" nor "docker-compose" is installed.',
    { hint: REMEDY },
  );
}

/** What it says its version is, without the v; undefined where it is not there. */
async function versionOf(run: RunProgram, way: ComposeCommand): Promise<string | undefined> {
  const { code, stdout } = await run([...way, 'version', '--short']);
  if (code === TOO_LONG)
    throw new ComposeError(
      'failed',
      `"${way.join(' ')} version" did not end within ${COMPOSE_PATIENCE / 1000} s.`,
      { hint: 'See what keeps it waiting.' },
    );
  if (code !== 0) return undefined;
  const version = /^v?(\d\S*)/m.exec(stdout.trim())?.[1];
  return version && cleanText(version, 20);
}
