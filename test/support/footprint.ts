import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What a process holds on to. */
export interface Footprint {
  /** Bytes in use after everything that is garbage has been collected. */
  readonly heap: number;
  /** Open files and sockets, on Linux. */
  readonly files: number;
  /** Timers, sockets, child processes and the like that keep it going. */
  readonly resources: readonly string[];
}

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

export async function takeFootprint(): Promise<Footprint> {
  // Some things are let go of only in a later turn, and by finalizers.
  for (let turn = 0; turn < 5; turn++) {
    await sleep(20);
    collectGarbage();
  }
  return {
    heap: process.memoryUsage().heapUsed,
    files: readdirSync('/proc/self/fd').length,
    resources: process.getActiveResourcesInfo().toSorted(),
  };
}

/** The bytes of all files below a folder. */
export function sizeOf(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.map(name => statSync(join(folder, name))).filter(stats => stats.isFile());
  return files.reduce((sum, { size }) => sum + size, 0);
}
