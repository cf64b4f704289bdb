import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cleanText } from '../base/clean-text.ts';
import { systemCode } from '../base/failure.ts';
import type { Change, RunCommand } from './change.ts';
import type { ProgramEnd, RunProgram } from './run-program.ts';
import { ServiceError } from './service-error.ts';
import { inShell } from './shell-text.ts';

/**
 * Does what was planned, in its order. Doing it again after a failure is safe.
 * @returns what went wrong without keeping the rest from being done, as sentences
 * @throws ServiceError at the first change that the rest depends on
 */
export async function carryOut(changes: readonly Change[], run: RunProgram): Promise<readonly string[]> {
  const warnings: string[] = [];
  for (const change of changes) {
    if (change.kind === 'write') await withPath(change.path, 'written', () => writeOpenly(change));
    else if (change.kind === 'remove')
      await withPath(change.path, 'removed', () => rm(change.path, { recursive: true, force: true }));
    else warnings.push(...(await runCommand(change, run)));
  }
  return warnings.filter(each => each !== '');
}

/** Everybody may read it, whatever our umask says; there is never half of it. */
async function writeOpenly({ path, text }: { readonly path: string; readonly text: string }): Promise<void> {
  const temporary = `${path}.new`;
  await mkdir(dirname(path), { recursive: true });
  await rm(temporary, { force: true });
  const file = await open(temporary, 'wx', 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(temporary, 0o644);
  await rename(temporary, path);
}

async function withPath(path: string, what: string, task: () => Promise<void>): Promise<void> {
  try {
    await task();
  } catch (error) {
    throw new ServiceError('failed', `${path} cannot be ${what} (${systemCode(error) ?? 'unknown error'}).`, {
      hint: 'Put that right, then do the same once more.',
      cause: error,
    });
  }
}

async function runCommand(change: RunCommand, run: RunProgram): Promise<readonly string[]> {
  const { command, ifItFails, attempts = 1, untilItFails = false } = change;
  for (let attempt = 1; ; attempt++) {
    const end = await run(command);
    if ((end.code === 0) !== untilItFails) return [];
    if (attempt === attempts && ifItFails !== undefined) return [ifItFails];
    if (attempt === attempts) throw await commandFailed(change, end, run);
    await delay(1000);
  }
}

async function commandFailed(
  { command, explain }: RunCommand,
  end: ProgramEnd,
  run: RunProgram,
): Promise<ServiceError> {
  const said = explain === undefined ? end.stderr : (await run(explain)).stdout;
  const why = lastLine(said) || lastLine(end.stderr) || `exit code ${end.code}`;
  return new ServiceError('failed', `${command.map(inShell).join(' ')} failed: ${why}`, {
    hint: 'Put that right, then do the same once more.',
  });
}

function lastLine(text: string): string {
  return cleanText(text.trimEnd().split('\n').at(-1) ?? '', 300);
}
