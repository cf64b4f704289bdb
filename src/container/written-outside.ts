import { cleanText } from '../base/clean-text.ts';
import type { Change, InspectedContainer } from './inspected.ts';

/** What programs write wherever they run, and nobody misses. */
const PASSING = ['/tmp', '/run', '/var/run', '/var/tmp', '/var/cache', '/dev'];
const ADDED = 1;

/**
 * The files and folders that a container added to its own layer: not in its mounts, not in a place for passing
 * things, and of a folder that is new itself only the folder. They are gone when the container is replaced.
 */
export function writtenOutside(
  changes: readonly Change[],
  container: Pick<InspectedContainer, 'Mounts' | 'HostConfig'>,
): readonly string[] {
  const tmpfs = Object.keys((container.HostConfig['Tmpfs'] ?? {}) as object);
  const places = [...PASSING, ...tmpfs, ...container.Mounts.map(({ Destination }) => Destination)];
  const paths = changes.flatMap(({ Path, Kind }) => (Kind === ADDED ? [Path] : []));
  const own = paths.filter(path => !places.some(place => isWithin(path, place) || isWithin(place, path)));
  return own
    .filter(path => !own.some(other => other !== path && isWithin(path, other)))
    .map(each => cleanText(each, 120));
}

function isWithin(path: string, place: string): boolean {
  return path === place || path.startsWith(place.endsWith('/') ? place : `${place}/`);
}
