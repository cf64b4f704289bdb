import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { readOwnFile, removeDurably, removeUnfinished, writeDurably } from '../base/durable-file.ts';
import { prepareOwnFolder } from '../base/own-folder.ts';
import { parseEntry, printEntry } from './entry-shape.ts';
import type { Journal, JournalEntry, OpenEntries } from './journal.ts';
import { toStateError } from './state-error.ts';

const SUFFIX = '.json';

/** The journal as files, one for each rollout under way: `state/rollouts/<id>.json`. */
export async function openFileJournal(stateFolder: string): Promise<Journal> {
  const folder = join(stateFolder, 'rollouts');
  await prepareOwnFolder(folder, { what: 'the journal folder', private: true });
  const fileOf = (rolloutId: string) => join(folder, `${rolloutId}${SUFFIX}`);
  return {
    open: async () => {
      const read = await readAll(folder, putAside);
      // They are in nobody's way, so where they cannot be removed that is no reason not to go on.
      await removeUnfinished(folder).catch(() => undefined);
      return read;
    },
    peek: () => readAll(folder, async path => path),
    write: async entry => {
      const path = fileOf(entry.rollout.id);
      await writeDurably(path, printEntry(entry)).catch(error => {
        throw toStateError('write', path, error);
      });
    },
    close: async rolloutId => {
      const path = fileOf(rolloutId);
      await removeDurably(path).catch(error => {
        throw toStateError('write', path, error);
      });
    },
  };
}

/** @param meet what is done with a file that cannot be understood, and where it is then */
/** Whether a rollout is under way, or was left unfinished; looked at from outside, changing nothing. */
export async function hasOpenRollouts(stateFolder: string): Promise<boolean> {
  const names = await readdir(join(stateFolder, 'rollouts')).catch(() => []);
  return names.some(name => name.endsWith(SUFFIX));
}

async function readAll(folder: string, meet: (path: string) => Promise<string>): Promise<OpenEntries> {
  const entries: JournalEntry[] = [];
  const unreadable: string[] = [];
  const names = await readdir(folder).catch(error => {
    throw toStateError('read', folder, error);
  });
  for (const name of names.filter(each => each.endsWith(SUFFIX)).sort()) {
    const path = join(folder, name);
    const entry = parseEntry(await readText(path));
    if (entry.ok) {
      entries.push(entry.value);
      continue;
    }
    unreadable.push(`${await meet(path)}: ${entry.problem}`);
  }
  return { entries, unreadable };
}

async function putAside(path: string): Promise<string> {
  await rename(path, `${path}.bad`).catch(error => {
    throw toStateError('write', path, error);
  });
  return `${path}.bad`;
}

async function readText(path: string): Promise<string> {
  try {
    return (await readOwnFile(path)) ?? '';
  } catch (error) {
    throw toStateError('read', path, error);
  }
}
