import { type ExecFileOptions, execFile } from 'node:child_process';

/** The exit code of a program that was ended because it took too long; timeout(1) has the same. */
export const TOO_LONG = 124;

/** How a program ended, and what it said. */
export interface ProgramEnd {
  /** Its exit code; as in a shell 127 if there is no such program. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, without a shell. */
export type RunProgram = (command: readonly string[]) => Promise<ProgramEnd>;

/**
 * @param environment what the programs get
 * @param options the folder that they run in, and after how many milliseconds they are ended
 */
export function openRunProgram(
  environment: Readonly<Record<string, string | undefined>>,
  options: Pick<ExecFileOptions, 'cwd' | 'timeout'> = {},
): RunProgram {
  return ([program = '', ...args]) =>
    new Promise(resolve => {
      const all = { ...options, env: { ...environment }, encoding: 'utf8', killSignal: 'SIGKILL' } as const;
      execFile(program, args, all, (error, stdout, stderr) => {
        resolve({ code: codeOf(error), stdout, stderr });
      });
    });
}

function codeOf(error: (Error & { code?: unknown; killed?: boolean }) | null): number {
  if (error === null) return 0;
  if (typeof error.code === 'number') return error.code;
  if (error.code === 'ENOENT') return 127;
  return error.killed ? TOO_LONG : 1;
}
