import { composeDependencies } from '../container/dependencies.ts';
import { type Identity, leadsTo, type Tie } from '../container/ties.ts';
import { dependencyOrder } from './dependency-order.ts';

/** A container as far as others may hang on it, or it on others. */
export interface Neighbour extends Identity {
  readonly labels: Readonly<Record<string, string>>;
  readonly ties: readonly Tie[];
  /** The names of containers that it needs by the user's word. */
  readonly dependsOn: readonly string[];
}

/** Who is replaced with whom, and in which order. */
export interface Arrangement {
  /** Each set is replaced as one, dependencies first, in it and from set to set. */
  readonly sets: readonly (readonly Neighbour[])[];
  /** Dependencies that lead back to where they began, by name; they are not followed. */
  readonly cycles: readonly (readonly string[])[];
}

/**
 * Arranges containers that are to be replaced. Whatever is tied to one of them has to go with it; sets that
 * share a container become one. Dependencies are replaced, and proven, before what needs them.
 *
 * @param outdated the ids of those that are to be replaced for their own sake
 */
export function arrange(outdated: ReadonlySet<string>, all: readonly Neighbour[]): Arrangement {
  const tied = (one: Neighbour) =>
    all.filter(other => other !== one && one.ties.some(tie => leadsTo(tie, other)));
  const needs = (one: Neighbour) => {
    const names = new Set([...one.dependsOn, ...composeDependencies(one, all).map(({ on }) => on)]);
    return [...tied(one), ...all.filter(other => other !== one && names.has(other.name))];
  };
  const sets = mergeSets(
    all.filter(({ id }) => outdated.has(id)).map(one => new Set([one, ...thoseThatFollow(one, all, tied)])),
  );
  const { order: inOrder, cycles } = dependencyOrder(all, needs);
  const setOf = (one: Neighbour) => sets.find(set => set.has(one));
  const ordered = dependencyOrder(sets, set =>
    [...reach(set, needs)].flatMap(one => setOf(one) ?? []).filter(other => other !== set),
  );
  return {
    sets: ordered.order.map(set => inOrder.filter(one => set.has(one))),
    cycles: cycles.map(cycle => cycle.map(({ name }) => name)),
  };
}

type Needs = (one: Neighbour) => readonly Neighbour[];

function thoseThatFollow(leader: Neighbour, all: readonly Neighbour[], tied: Needs): ReadonlySet<Neighbour> {
  return reach([leader], one => all.filter(other => tied(other).includes(one)));
}

/** Everything that a step, and any number of steps after it, lead to. */
function reach(from: Iterable<Neighbour>, next: Needs): ReadonlySet<Neighbour> {
  const found = new Set<Neighbour>();
  const open = [...from];
  for (const one of open) {
    for (const other of next(one)) {
      if (found.has(other)) continue;
      found.add(other);
      open.push(other);
    }
  }
  return found;
}

function mergeSets(sets: readonly ReadonlySet<Neighbour>[]): readonly ReadonlySet<Neighbour>[] {
  return sets.reduce<readonly ReadonlySet<Neighbour>[]>((merged, set) => {
    const touching = merged.filter(other => [...other].some(one => set.has(one)));
    return [
      ...merged.filter(other => !touching.includes(other)),
      new Set([...touching.flatMap(other => [...other]), ...set]),
    ];
  }, []);
}
