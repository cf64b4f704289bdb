import type { ListedImage } from '../container/inspected.ts';
import { parseKept } from '../image/kept-reference.ts';

/** What decides how long old images are kept. */
export interface Keeping {
  /** How many for each container. */
  readonly keep: number;
  /** The ids of all rollouts, oldest first. */
  readonly rollouts: readonly string[];
  /** The image ids that containers run or were made from. */
  readonly used: ReadonlySet<string>;
}

/** Containerd's image store lists these among the tags. */
function isByDigest(name: string): boolean {
  return name.includes('@');
}

/**
 * The image names to be removed so that for each container only the newest old images are left. One that anything
 * uses stays, and of one that has a name of the user's only ours goes. What a rollout kept that nobody here remembers
 * may be another home's on this engine, and stays.
 */
export function namesToForget(images: readonly ListedImage[], keeping: Keeping): readonly string[] {
  const names = images.flatMap(image =>
    (image.RepoTags ?? []).flatMap(name => {
      const kept = parseKept(name);
      const isOurs = kept !== undefined && keeping.rollouts.includes(kept.rolloutId);
      return isOurs ? [{ ...kept, name, image }] : [];
    }),
  );
  const age = ({ rolloutId }: { readonly rolloutId: string }) => keeping.rollouts.lastIndexOf(rolloutId);
  const containers = [...new Set(names.map(({ container }) => container))];
  const surplus = containers.flatMap(container =>
    names
      .filter(each => each.container === container)
      .toSorted((a, b) => age(b) - age(a))
      .slice(keeping.keep),
  );
  const going = new Set(surplus.filter(({ image }) => !keeping.used.has(image.Id)).map(({ name }) => name));
  return images.flatMap(({ RepoTags, RepoDigests }) => {
    const names = RepoTags ?? [];
    const tags = names.filter(name => !isByDigest(name));
    const gone = tags.filter(tag => going.has(tag));
    if (gone.length === 0) return [];
    // Its names by digest hold it too, so they go with its last tag.
    const others = new Set([...names.filter(isByDigest), ...(RepoDigests ?? [])]);
    return gone.length === tags.length ? [...gone, ...others] : gone;
  });
}
