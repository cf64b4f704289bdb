import { posix } from 'node:path';
import type { HostConfig, MountPoint } from './inspected.ts';

/** Binds and mounts as they are sent to the engine, with every volume named. */
export interface CarriedMounts {
  readonly binds: readonly string[];
  readonly mounts: readonly Record<string, unknown>[];
}

/**
 * The mounts of a container such that a new one gets the same data: anonymous volumes by their names, and what
 * came from `--volumes-from` as mounts of its own. A naive copy would give the new container empty volumes.
 */
export function carryMounts(host: HostConfig, points: readonly MountPoint[]): CarriedMounts {
  const pointAt = new Map(points.map(point => [cleanPath(point.Destination), point]));
  const binds = (host.Binds ?? []).map(bind => namedBind(bind, pointAt));
  const mounts = (host.Mounts ?? []).map(mount => namedMount(mount, pointAt));

  const targets = [
    ...(host.Binds ?? []).map(bindTarget),
    ...(host.Mounts ?? []).map(({ Target }) => Target ?? ''),
  ];
  const covered = new Set(targets.map(cleanPath));
  const uncovered = points.filter(point => !covered.has(cleanPath(point.Destination))).flatMap(explicitMount);
  return { binds, mounts: [...mounts, ...uncovered] };
}

/** People write `/data/`, the engine says `/data`. */
function cleanPath(path: string): string {
  return posix.join('/', path).replace(/(?<=.)\/$/, '');
}

/** The path inside the container: the first part of a bind that has one part, else the second. */
function bindTarget(bind: string): string {
  const [first = '', second] = bind.split(':');
  return second ?? first;
}

function namedBind(bind: string, pointAt: ReadonlyMap<string, MountPoint>): string {
  const name = pointAt.get(cleanPath(bind))?.Name;
  return bind.includes(':') || !name ? bind : `${name}:${bind}`;
}

function namedMount(
  mount: NonNullable<HostConfig['Mounts']>[number],
  pointAt: ReadonlyMap<string, MountPoint>,
): Record<string, unknown> {
  const name = pointAt.get(cleanPath(mount.Target ?? ''))?.Name;
  return mount.Type === 'volume' && !mount.Source && name ? { ...mount, Source: name } : mount;
}

/** A mount that the request did not spell out: of an image's or user's anonymous volume, or of another container. */
function explicitMount(point: MountPoint): Record<string, unknown>[] {
  const readOnly = point.RW === false ? { ReadOnly: true } : {};
  if (point.Type === 'volume' && point.Name) {
    return [{ Type: 'volume', Source: point.Name, Target: point.Destination, ...readOnly }];
  }
  if (point.Type === 'bind' && point.Source) {
    const options = point.Propagation ? { BindOptions: { Propagation: point.Propagation } } : {};
    return [{ Type: 'bind', Source: point.Source, Target: point.Destination, ...readOnly, ...options }];
  }
  return [];
}
