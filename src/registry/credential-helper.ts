import { spawn } from 'node:child_process';
import { shapeOfJson, z } from '../base/shape.ts';
import type { Credentials } from './credentials.ts';
import { RegistryError } from './registry-error.ts';

const answerShape = z.looseObject({ Username: z.string(), Secret: z.string() });
const HELPER_NAME = /^[\w.-]+$/;
const PATIENCE = 15_000;
const LARGEST_ANSWER = 64 * 1024;
/** The user name by which a helper says that the secret is an identity token. */
const TOKEN_USER = '<token>';

/**
 * Asks `docker-credential-<name> get` (docker-credential-helpers protocol): the server on its standard input, JSON
 * on its output, so that nothing secret is ever on a command line.
 * @returns undefined if the helper knows no login for that server
 */
export async function askCredentialHelper(
  name: string,
  server: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${name}`;
  if (!HELPER_NAME.test(name)) throw failed(program, 'its name is not allowed');
  const { output, exit } = await runHelper(program, server, environment);
  // Every helper reports an unknown server in words of this kind on its output and exits with 1.
  if (exit !== 0 && /not found/i.test(output)) return undefined;
  if (exit !== 0) throw failed(program, `it ended with exit code ${exit}`);
  const read = shapeOfJson(answerShape, output);
  if (!read.ok) throw failed(program, `its answer is not understood: ${read.problem}`);
  const { Username: username, Secret: secret } = read.value;
  return username === TOKEN_USER ? { identityToken: secret } : { username, password: secret };
}

function runHelper(
  program: string,
  server: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<{ output: string; exit: number | null }> {
  return new Promise((resolve, reject) => {
    // A group of its own, so that a helper that hangs in a child of its own is ended with it.
    const child = spawn(program, ['get'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: environment,
      detached: true,
    });
    let output = '';
    const giveUp = (why: string, cause?: unknown) => {
      clearTimeout(timer);
      endGroup(child.pid);
      child.stdout.destroy();
      reject(failed(program, why, cause));
    };
    const timer = setTimeout(() => giveUp(`it gave no answer within ${PATIENCE / 1000} s`), PATIENCE);
    child.stdout.on('data', chunk => {
      output += chunk;
      if (output.length > LARGEST_ANSWER) giveUp('its answer is far too long');
    });
    child.on('error', error => giveUp('it cannot be started', error));
    child.on('close', exit => {
      clearTimeout(timer);
      resolve({ output, exit });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(server);
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function failed(program: string, why: string, cause?: unknown): RegistryError {
  return new RegistryError('credentials', `The credential helper ${program} cannot be used: ${why}.`, {
    hint: "It is named in Docker's config.json; check that it is on refreshd's PATH and works.",
    cause,
  });
}
