import { execFile } from 'node:child_process';

/** How a program ended, and what it said. */
export interface ProgramEnd {
  /** Its exit code; 127 if there is no such program, as in a shell. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, without a shell. */
export type RunProgram = (command: readonly string[]) => Promise<ProgramEnd>;

/**
 * @param environment what the programs get
 * @param cwd the folder that they run in; ours, if left out
 */
export function openRunProgram(
  environment: Readonly<Record<string, string | undefined>>,
  cwd?: string,
): RunProgram {
  return ([program = '', ...args]) =>
    new Promise(resolve => {
      execFile(program, args, { env: { ...environment }, cwd, encoding: 'utf8' }, (error, stdout, stderr) => {
        resolve({ code: codeOf(error), stdout, stderr });
      });
    });
}

function codeOf(error: (Error & { code?: unknown }) | null): number {
  if (error === null) return 0;
  if (typeof error.code === 'number') return error.code;
  return error.code === 'ENOENT' ? 127 : 1;
}
