/** Things in an order in which each comes after what it needs. */
export interface DependencyOrder<T> {
  readonly order: readonly T[];
  /** Needs that lead back to where they began. The last step of each was not followed. */
  readonly cycles: readonly (readonly T[])[];
}

/** Orders by need; things that do not need one another stay in the order they came in. */
export function dependencyOrder<T>(
  things: readonly T[],
  needs: (thing: T) => readonly T[],
): DependencyOrder<T> {
  const order = new Set<T>();
  const cycles: (readonly T[])[] = [];
  const path: T[] = [];
  const visit = (thing: T): void => {
    if (order.has(thing)) return;
    const begin = path.indexOf(thing);
    if (begin >= 0) {
      cycles.push(path.slice(begin));
      return;
    }
    path.push(thing);
    for (const needed of needs(thing)) visit(needed);
    path.pop();
    order.add(thing);
  };
  for (const thing of things) visit(thing);
  return { order: [...order], cycles };
}
