import { formatSize } from '../byte-size.ts';
import { type Check, ok, skipped, type Verdict, warn } from './check.ts';
import { engineReachable } from './engine-reachable.ts';
import { roomAt } from './room-at.ts';
import { watchedContainers } from './watched-containers.ts';
import { type Whereabouts, whereabouts } from './whereabouts.ts';

const UNSEEN: Readonly<Record<Exclude<Whereabouts, 'here'>, string>> = {
  virtual: 'the engine’s disk is in its virtual machine, and not seen from here',
  elsewhere: 'the engine’s disk is on another machine',
  outside: 'the engine’s disk is not seen from inside a container',
};

/** While an update goes on, the old image and the new one are both there. */
export const engineRoom: Check = {
  what: 'room for images',
  needs: [engineReachable, watchedContainers],
  look: async place => {
    const engine = await place.engine();
    const where = whereabouts(engine);
    if (where !== 'here') return skipped(UNSEEN[where]);
    const sizes = (await place.survey()).map(({ name, image }) => ({ name, size: image?.Size ?? 0 }));
    const largest = sizes.toSorted((a, b) => b.size - a.size)[0] ?? { name: '', size: 0 };
    const looks = await Promise.all(engine.surroundings.dataRoots.map(root => lookAt(root, largest)));
    const seen = looks.flat();
    return seen.length === 0 ? skipped('the engine’s disk is not seen from here') : seen;
  },
};

async function lookAt(
  root: string,
  largest: { readonly name: string; readonly size: number },
): Promise<readonly Verdict[]> {
  const room = await roomAt(root);
  if (room === undefined) return [];
  const says = `${formatSize(room)} free in ${root}`;
  if (largest.size === 0) return [ok(says)];
  const than = `the ${formatSize(largest.size)} of the largest watched image, that of ${largest.name}`;
  return room < largest.size
    ? [warn(`${says}, less than ${than}`, 'Make room there: docker system df shows what takes it.')]
    : [ok(`${says}; the largest watched image, that of ${largest.name}, takes ${formatSize(largest.size)}`)];
}
