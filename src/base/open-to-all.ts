import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';

const WRITABLE_BY_ALL = 0o002;
const STICKY = 0o1000;

/**
 * The nearest folder above a path in which every user may put something else in the path's place: where a file lies
 * safe, none of them is like that. A sticky one, as /tmp is, lets everybody touch only what is his.
 */
export async function folderOpenToAll(path: string): Promise<string | undefined> {
  for (let at = dirname(path); ; at = dirname(at)) {
    const mode = (await lstat(at).catch(() => undefined))?.mode ?? 0;
    if ((mode & WRITABLE_BY_ALL) !== 0 && (mode & STICKY) === 0) return at;
    if (at === dirname(at)) return undefined;
  }
}
