import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Canaries } from './canaries.ts';
import { type Lab, MAIN, resultOf } from './lab.ts';
import { watchCommandLines } from './process-watch.ts';

/** One run of the command, and how it is looked on. */
export interface LeakRun {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Whether it thinks that a person looks on. */
  readonly onTerminal: boolean;
}

/** What must not be shown is given; what is looked through is everything that comes out. */
export interface LeakBench {
  /** Runs the command and looks through all that it left. @returns what was found, and where */
  run(
    run: LeakRun,
  ): Promise<{ readonly code: number | null; readonly leaks: readonly string[]; readonly said: string }>;
  /** How much was looked through. */
  readonly counts: { runs: number; bytes: number; files: number; commandLines: number };
}

/** Files in a home that hold secrets because a person, or a test, put them there. */
const PLANTED = new Set(['.env', 'refreshd.env', 'docker-compose.yml']);

export function openLeakBench(
  lab: Lab,
  canaries: Canaries,
  common: Readonly<Record<string, string>>,
): LeakBench {
  const counts = { runs: 0, bytes: 0, files: 0, commandLines: 0 };
  const look = (where: string, bytes: string) => {
    counts.bytes += bytes.length;
    return canaries.find(bytes).map(found => `${found}: ${where}`);
  };
  const filesOf = (folder: string): string[] =>
    // What a link leads to is not ours; update.log is one to a file that is looked through as well.
    readdirSync(folder, { withFileTypes: true }).flatMap(each => {
      const path = join(folder, each.name);
      if (each.isDirectory()) return filesOf(path);
      return each.isFile() && !PLANTED.has(each.name) ? [path] : [];
    });

  return {
    counts,
    run: async ({ args, environment, onTerminal }) => {
      const command = [process.execPath, MAIN, ...args, '--home', lab.home];
      const quoted = command.map(each => `'${each}'`).join(' ');
      const [program = '', ...rest] = onTerminal ? ['script', '-qec', quoted, '/dev/null'] : command;
      const child = spawn(program, rest, {
        env: { PATH: process.env['PATH'] ?? '', ...common, ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const watch = watchCommandLines(child.pid ?? 0);
      const { code, stdout, stderr } = await resultOf(child);
      watch.stop();
      counts.runs++;
      counts.commandLines += watch.lines.size;
      const files = filesOf(lab.home);
      counts.files += files.length;
      const leaks = [
        ...look('standard output', stdout),
        ...look('standard error', stderr),
        ...[...watch.lines].flatMap(line => look('a command line', line)),
        ...files.flatMap(path => look(path, readFileSync(path, 'latin1'))),
      ];
      return { code, leaks, said: stdout + stderr };
    },
  };
}
