import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultOf } from '../support/lab.ts';

/** What a program and all that it started and waited for took. */
export interface Spent {
  /** From before it was started until it had ended. */
  readonly seconds: number;
  /** Of all processors, in user and in system mode, to a hundredth. */
  readonly cpuSeconds: number;
  /** The most memory that one of its processes had, in bytes. */
  readonly peak: number;
}

export interface RunOptions {
  readonly env: NodeJS.ProcessEnv;
  /** For what the kernel says of it. */
  readonly folder: string;
  /** What it must end with. */
  readonly exit?: number;
}

/**
 * Runs a program and takes from the kernel what it cost: GNU time waits for it by wait4(2), and a process that is
 * itself small keeps its own memory out of what is said of the program.
 */
export async function spendOn(
  command: readonly string[],
  { env, folder, exit = 0 }: RunOptions,
): Promise<Spent> {
  const file = join(folder, 'spent');
  const begun = performance.now();
  const child = spawn('/usr/bin/time', ['--quiet', '-f', '%U %S %M', '-o', file, '--', ...command], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { code, stderr } = await resultOf(child);
  const seconds = (performance.now() - begun) / 1000;
  if (code !== exit) throw new Error(`${command.join(' ')} ended with ${code}:\n${stderr}`);
  const [user = Number.NaN, system = Number.NaN, kilobytes = Number.NaN] = readFileSync(file, 'utf8')
    .split(' ')
    .map(Number);
  return { seconds, cpuSeconds: user + system, peak: kilobytes * 1024 };
}
