import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from './failure.ts';

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;
const OWNER_ONLY = 0o600;
/** What a file is called until it is whole. */
const UNFINISHED = /\.[0-9a-f]{12}\.tmp$/;

/**
 * Replaces a file so that after a power cut it holds either the old text or the new one, whole:
 * temporary file, fsync, rename, fsync of the folder. Never follows a link; readable by the owner alone.
 */
export async function writeDurably(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await withFile(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, async file => {
      await file.writeFile(text);
      await file.sync();
    });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Removes what writers of a folder's files left when they were killed. To be called where nobody writes there. */
export async function removeUnfinished(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter(name => UNFINISHED.test(name));
  for (const name of left) await rm(join(folder, name), { force: true });
}

/**
 * Adds one line and syncs it. A line torn by an earlier crash is closed first, so it spoils only itself.
 * @returns the length of the file, in bytes
 */
export async function appendDurably(path: string, line: string): Promise<number> {
  return withFile(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, async file => {
    const { size } = await ownStats(file);
    const torn = size > 0 && (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0] !== 0x0a;
    const added = `${torn ? '\n' : ''}${line}\n`;
    await file.appendFile(added);
    await file.sync();
    return size + Buffer.byteLength(added);
  });
}

/**
 * Reads a file of ours: never through a link, only a regular file of this user's, at most `limit` bytes from its end.
 * @returns undefined if there is none
 */
export async function readOwnFile(path: string, limit = 4 * 1024 * 1024): Promise<string | undefined> {
  try {
    // Not blocking: opening a pipe would wait for somebody to write into it.
    return await withFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, async file => {
      const { size } = await ownStats(file);
      const length = Math.min(size, limit);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
      return buffer.toString('utf8', 0, bytesRead);
    });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** What is open is looked at, not the name it was opened by: behind a name there may be something else by now. */
async function ownStats(file: FileHandle): Promise<{ readonly size: number }> {
  const stats = await file.stat();
  if (!stats.isFile()) throw new Error('it is not a regular file');
  if (stats.nlink > 1) throw new Error('it has a second name elsewhere');
  if (process.getuid !== undefined && stats.uid !== process.getuid())
    throw new Error(`it belongs to user id ${stats.uid}`);
  return stats;
}

/** Removes a file and makes its absence last over a power cut. */
export async function removeDurably(path: string): Promise<void> {
  await rm(path, { force: true });
  await syncFolder(dirname(path));
}

async function syncFolder(path: string): Promise<void> {
  await withFile(path, O_RDONLY, folder => folder.sync());
}

async function withFile<T>(path: string, flags: number, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, flags, OWNER_ONLY);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}
