import { hostname } from 'node:os';
import { isLoopback } from '../../base/http.ts';
import { ownContainerId } from '../../base/own-container.ts';
import type { OpenedEngine } from './check.ts';

/** On this machine, in a virtual machine on it, or on another; in a container nobody can tell what is outside. */
export type Whereabouts = 'here' | 'virtual' | 'elsewhere' | 'outside';

/** Where an engine runs, seen from here. A socket may lead elsewhere, too. */
export function whereabouts({
  host,
  surroundings,
}: Pick<OpenedEngine, 'host' | 'surroundings'>): Whereabouts {
  if (surroundings.isDesktop) return 'virtual';
  if (host.socketPath === undefined && !isLoopback(host.address)) return 'elsewhere';
  if (process.platform !== 'linux') return 'virtual';
  if (ownContainerId() !== undefined) return 'outside';
  return surroundings.hostname === hostname() ? 'here' : 'elsewhere';
}
