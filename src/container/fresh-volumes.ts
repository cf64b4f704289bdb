import type { InspectedContainer } from './inspected.ts';

/** A name that the engine makes up for a volume. */
const MADE_UP = /^[0-9a-f]{64}$/;

/**
 * The volumes that the engine made for a successor alone, because its image declares them: nobody named them, the
 * predecessor does not have them, and so nobody's data is in them but the successor's own.
 */
export function freshVolumes(
  successor: InspectedContainer,
  predecessor: Pick<InspectedContainer, 'Mounts'>,
): readonly string[] {
  const named = new Set([
    ...(successor.HostConfig.Binds ?? []).map(bind => bind.split(':')[0]),
    ...(successor.HostConfig.Mounts ?? []).map(({ Source }) => Source),
    ...predecessor.Mounts.map(({ Name }) => Name),
  ]);
  return successor.Mounts.flatMap(({ Type, Name }) =>
    Type === 'volume' && Name && MADE_UP.test(Name) && !named.has(Name) ? [Name] : [],
  );
}

/** The container as it was asked for, without the volumes that the engine added for its image's sake. */
export function withoutFreshVolumes(successor: InspectedContainer): InspectedContainer {
  const fresh = new Set<unknown>(freshVolumes(successor, { Mounts: [] }));
  return { ...successor, Mounts: successor.Mounts.filter(({ Name }) => !fresh.has(Name)) };
}
