import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { parse } from 'dotenv';

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
/** More than anybody writes by hand. */
const LARGEST = 1024 * 1024;

/** What is read, and of what kind and whose it is; taken from what was opened, not from its name. */
export interface EnvFile {
  readonly entries: Readonly<Record<string, string>>;
  readonly mode: number;
  readonly uid: number;
  /** Its number of names in the file system. */
  readonly names: number;
}

/**
 * Reads a file of `NAME=value` lines (dotenv). Opening a pipe would wait for somebody to write into it, so only
 * a plain file is read.
 * @throws a system error, or one that says what is wrong with it
 */
export async function readEnvFile(path: string, { follow }: { readonly follow: boolean }): Promise<EnvFile> {
  const file = await open(path, O_RDONLY | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW));
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new Error('it is not a regular file');
    if (stats.size > LARGEST) throw new Error('it is far too large');
    const entries = parse(await file.readFile());
    return { entries, mode: stats.mode, uid: stats.uid, names: stats.nlink };
  } finally {
    await file.close();
  }
}
