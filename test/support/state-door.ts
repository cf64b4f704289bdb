import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toStateError } from '../../src/journal/state-error.ts';
import type { RunTools } from '../../src/run/run-tools.ts';
import type { Life } from './life.ts';

/** Something that a run is about to write down, named like a call of the engine. */
export interface StateWrite {
  /** What is written: `JOURNAL`, `HISTORY` or `REJECTIONS`. */
  readonly method: string;
  /** What is to become of it. */
  readonly path: string;
}

/**
 * What happens to it.
 * - `tell`: something else happens before or after it (the run is killed, say)
 * - `torn`: the same in the middle of it, so that half of it is on the disk
 * - `full`: there is no room left
 * - `pass`: all goes well, only that something else happens first
 */
export type WriteFault =
  | { readonly kind: 'tell'; readonly when: 'before' | 'after'; readonly tell: () => void }
  | { readonly kind: 'torn'; readonly tell: () => void }
  | { readonly kind: 'full' }
  | { readonly kind: 'pass'; readonly tell: () => void };

export interface StateDoor {
  readonly stateFolder: string;
  readonly life: Life;
  readonly spoil: (write: StateWrite) => WriteFault | undefined;
}

type Store = Pick<RunTools, 'journal' | 'history' | 'rejections'>;

/** What a run writes down, through a door where each write can be seen and spoilt. */
export function behindDoor({ journal, history, rejections }: Store, door: StateDoor): Store {
  const { stateFolder } = door;
  const fileOf = (rollout: string) => join(stateFolder, 'rollouts', `${rollout}.json`);
  const historyFile = join(stateFolder, 'history.jsonl');
  const rejectedFile = join(stateFolder, 'rejected.json');
  return {
    journal: {
      ...journal,
      write: entry => {
        const file = fileOf(entry.rollout.id);
        const write = { method: 'JOURNAL', path: `write ${entry.phase}` };
        return pass(door, write, file, { task: () => journal.write(entry), tear: () => tearWhole(file) });
      },
      close: rollout => {
        const task = () => journal.close(rollout);
        return pass(door, { method: 'JOURNAL', path: 'close' }, fileOf(rollout), {
          task,
          tear: () => undefined,
        });
      },
    },
    history: {
      ...history,
      add: past => {
        const write = { method: 'HISTORY', path: `add ${past.outcome}` };
        const tear = () => appendFileSync(historyFile, JSON.stringify(past).slice(0, 50));
        return pass(door, write, historyFile, { task: () => history.add(past), tear });
      },
    },
    rejections: {
      ...rejections,
      remember: value => {
        const task = () => rejections.remember(value);
        const write = { method: 'REJECTIONS', path: 'remember' };
        return pass(door, write, rejectedFile, { task, tear: () => tearWhole(rejectedFile) });
      },
    },
  };
}

/** What a file that is written as a whole looks like when its writer dies: beside it is half of what was to be. */
function tearWhole(file: string): void {
  writeFileSync(`${file}.0123456789ab.tmp`, '{"v":1,"sum":"', { mode: 0o600 });
}

function pass(
  { life, spoil }: StateDoor,
  write: StateWrite,
  file: string,
  { task, tear }: { readonly task: () => Promise<void>; readonly tear: () => void },
): Promise<void> {
  return life.during(async () => {
    const fault = spoil(write);
    if (fault?.kind === 'full')
      throw toStateError('write', file, Object.assign(new Error('full'), { code: 'ENOSPC' }));
    if (fault?.kind === 'torn') tear();
    if (fault !== undefined && !(fault.kind === 'tell' && fault.when === 'after')) fault.tell();
    if (life.isOver) return;
    await task();
    if (fault?.kind === 'tell' && fault.when === 'after') fault.tell();
  });
}
