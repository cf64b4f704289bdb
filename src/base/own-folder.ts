import { access, chmod, constants, lstat, mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { Failure, systemCode } from './failure.ts';
import { folderOpenToAll } from './open-to-all.ts';

/** A folder of ours cannot be used. */
export class FolderError extends Failure<'not-a-folder' | 'foreign-owner' | 'not-writable' | 'open-to-all'> {}

/** How a folder of ours must be. */
export interface FolderRules {
  /** What it is for, as it appears in errors: "the state folder". */
  readonly what: string;
  /** Whether only its owner may look inside (mode 0700). */
  readonly private: boolean;
}

/**
 * Makes sure that a folder exists, is a real folder (no link) and can be written to by us and not by everybody; a
 * private one belongs to us and is closed to others, and nobody can put another in its place.
 * @throws FolderError with one sentence that says what to do
 */
export async function prepareOwnFolder(path: string, rules: FolderRules): Promise<void> {
  await inOurWords(path, rules, async () => {
    const found = await lstat(path).catch(() => undefined);
    if (found?.isDirectory() === false) throw notAFolder(path, rules);
    await mkdir(path, { recursive: true, mode: rules.private ? 0o700 : 0o755 });
    const mode = await modeOf(path, rules);
    if (rules.private && (mode & 0o077) !== 0) await chmod(path, 0o700);
    await access(path, constants.W_OK | constants.X_OK);
  });
}

/** The same for a folder that is there, changing nothing: a private one that is not closed is let pass. */
export async function checkOwnFolder(path: string, rules: FolderRules): Promise<void> {
  await inOurWords(path, rules, async () => {
    await modeOf(path, rules);
    await access(path, constants.W_OK | constants.X_OK);
  });
}

async function inOurWords(path: string, rules: FolderRules, task: () => Promise<void>): Promise<void> {
  try {
    await task();
  } catch (error) {
    if (error instanceof FolderError) throw error;
    if (systemCode(error) === 'EEXIST' || systemCode(error) === 'ENOTDIR')
      throw notAFolder(path, rules, error);
    throw new FolderError(
      'not-writable',
      `${capital(rules.what)} ${path} cannot be written to (${systemCode(error) ?? 'unknown error'}).`,
      {
        hint: `Give user ${userName()} write permission on it, or choose another home with --home.`,
        cause: error,
      },
    );
  }
}

/** The mode of a folder that is otherwise as it must be. */
async function modeOf(path: string, rules: FolderRules): Promise<number> {
  const stats = await lstat(path);
  if (!stats.isDirectory()) throw notAFolder(path, rules);
  if (!rules.private) {
    // Whoever can plant a link there decides which file we write to.
    if ((stats.mode & 0o002) !== 0) throw openToAll(path, rules, path);
    return stats.mode;
  }
  const self = process.getuid?.();
  if (self !== undefined && stats.uid !== self) {
    throw new FolderError(
      'foreign-owner',
      `${capital(rules.what)} ${path} belongs to user id ${stats.uid}, not to ${userName()} (${self}).`,
      {
        hint: `Run refreshd as that user, or hand the folder over: chown -R ${userName()} '${path}'.`,
      },
    );
  }
  const open = await folderOpenToAll(path);
  if (open !== undefined) throw openToAll(path, rules, open);
  return stats.mode;
}

/** In a container a user may have a number alone. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.());
  }
}

function openToAll(path: string, rules: FolderRules, open: string): FolderError {
  const reason =
    open === path ? 'can be written to by every user' : `lies in ${open}, which every user can write to`;
  return new FolderError('open-to-all', `${capital(rules.what)} ${path} ${reason}.`, {
    hint: `Close it: chmod o-w '${open}'.`,
  });
}

function notAFolder(path: string, rules: FolderRules, cause?: unknown): FolderError {
  return new FolderError('not-a-folder', `${capital(rules.what)} ${path} is not a plain folder.`, {
    hint: 'Move away what is there, or choose another home with --home.',
    cause,
  });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
