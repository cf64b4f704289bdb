import { realpath } from 'node:fs/promises';
import { isAbsolute } from 'node:path';

/** Finds where a path leads, links resolved. */
export type RealPath = (path: string) => Promise<string>;

/**
 * Opens a look-up that asks the disk for each path once. A path that leads nowhere here, because it is another
 * machine's or gone, stays as it is.
 */
export function openRealPath(): RealPath {
  const found = new Map<string, Promise<string>>();
  return path => {
    const real =
      found.get(path) ?? (isAbsolute(path) ? realpath(path).catch(() => path) : Promise.resolve(path));
    found.set(path, real);
    return real;
  };
}
