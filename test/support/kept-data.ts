import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** As the engine inspects it; where a volume is on the disk can be seen from here. */
interface MountPoint {
  readonly Type: string;
  readonly Source: string;
  readonly Destination: string;
}

const isVolume = ({ Type }: MountPoint) => Type === 'volume';
let count = 0;

/**
 * Writes a file into each volume of a container, as what runs in it would.
 * @returns the files' names, by the paths of the volumes in the container
 */
export function writeInto(mounts: readonly MountPoint[]): ReadonlyMap<string, string> {
  const written = new Map<string, string>();
  for (const { Source, Destination } of mounts.filter(isVolume)) {
    const name = `kept-${++count}`;
    writeFileSync(join(Source, name), '');
    written.set(Destination, name);
  }
  return written;
}

/** The volumes in which those files are not found. */
export function lostFrom(mounts: readonly MountPoint[], written: ReadonlyMap<string, string>): string[] {
  return [...written].flatMap(([path, name]) => {
    const volume = mounts.filter(isVolume).find(({ Destination }) => Destination === path);
    return volume !== undefined && existsSync(join(volume.Source, name))
      ? []
      : [`the data at ${path} is lost`];
  });
}
