import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Lab, resultOf } from '../support/lab.ts';

/** Where it is measured: the checkout with the built command, and a lab on a private engine. */
export interface BenchHost {
  readonly root: string;
  readonly lab: Lab;
  readonly repetitions: number;
  /** Says how it gets on. */
  readonly tell: (text: string) => void;
}

/** The program and first arguments of the built command. */
export function refreshdCommand({ root }: BenchHost): readonly [string, ...string[]] {
  return [process.execPath, join(root, 'dist/cli/main.js')];
}

/** As a person has it, but that proofs are short: they are after what is measured. */
export function environmentOf(
  { lab }: BenchHost,
  more: Readonly<Record<string, string>> = {},
): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: lab.home,
    DOCKER_HOST: `unix://${lab.socket}`,
    REFRESHD_WATCH: 'all',
    REFRESHD_STABLE_FOR: '1s',
    REFRESHD_STALE_AFTER: 'off',
    ...more,
  };
}

/** Starts the built command in the lab's home. */
export function spawnRefreshd(
  host: BenchHost,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): ChildProcess {
  const [program, ...before] = refreshdCommand(host);
  return spawn(program, [...before, ...args, '--home', host.lab.home], {
    env: environmentOf(host, more),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs the built command to its end. @throws Error if it does not end as it should */
export async function runRefreshd(
  host: BenchHost,
  args: readonly string[],
  { exit = 0, more = {} }: { exit?: number; more?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const { code, stdout, stderr } = await resultOf(spawnRefreshd(host, args, more));
  if (code !== exit) throw new Error(`refreshd ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
}
