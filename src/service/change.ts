import { inShell } from './shell-text.ts';

/** One thing that installing or removing does. All of them are known before the first is done, and can be shown. */
export type Change = WriteFile | Remove | RunCommand;

export interface WriteFile {
  readonly kind: 'write';
  readonly path: string;
  readonly text: string;
  readonly cause: string;
}

export interface Remove {
  readonly kind: 'remove';
  /** A file, or a folder with all that is in it. */
  readonly path: string;
  readonly cause: string;
}

export interface RunCommand {
  readonly kind: 'run';
  readonly command: readonly string[];
  readonly cause: string;
  /** What the reader has to know where it fails and the rest goes on; left out, nothing goes on. */
  readonly ifItFails?: string;
  /** The command whose last line says why it failed. */
  readonly explain?: readonly string[];
  /** How often it is tried, a second apart. */
  readonly attempts?: number;
  /** Whether it only asks for what is to be gone: it has worked out once it fails. */
  readonly untilItFails?: boolean;
}

/** A change as people read it: what, and why. */
export function renderChange(change: Change): string {
  switch (change.kind) {
    case 'write':
      return `write ${inShell(change.path)}  # ${change.cause}`;
    case 'remove':
      return `rm -r ${inShell(change.path)}  # ${change.cause}`;
    case 'run':
      return `${change.command.map(inShell).join(' ')}  # ${change.cause}`;
    default:
      return change satisfies never;
  }
}
