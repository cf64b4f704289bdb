import { statfs } from 'node:fs/promises';

/** How many bytes whoever asks may still write at a path; undefined where there is none, or it cannot be told. */
export async function roomAt(path: string): Promise<number | undefined> {
  const stats = await statfs(path).catch(() => undefined);
  return stats === undefined ? undefined : stats.bavail * stats.bsize;
}
