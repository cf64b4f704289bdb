import { isDeepStrictEqual } from 'node:util';
import type { HostConfig } from './inspected.ts';

/** What the engine says of itself that a container's host configuration is read against. */
export interface HostContext {
  /** The engine's default log driver. */
  readonly logDriver: string;
}

/** Set elsewhere (names, networks, mounts, restart policy), noise of other systems, or gone from the API. */
const NOT_CARRIED = new Set([
  ...[
    'RestartPolicy',
    'VolumesFrom',
    'Binds',
    'Mounts',
    'Links',
    'LogConfig',
    'MaskedPaths',
    'ReadonlyPaths',
  ],
  ...['ContainerIDFile', 'Isolation', 'CpuCount', 'CpuPercent', 'IOMaximumIOps', 'IOMaximumBandwidth'],
]);

/** Every path that any engine since 17.06 masks by default (moby, daemon/pkg/oci/defaults.go). */
const MASKED_BY_DEFAULT = new Set([
  ...['/proc/acpi', '/proc/asound', '/proc/interrupts', '/proc/kcore', '/proc/keys', '/proc/latency_stats'],
  ...['/proc/sched_debug', '/proc/scsi', '/proc/timer_list', '/proc/timer_stats'],
  ...['/sys/devices/virtual/powercap', '/sys/firmware'],
]);
/** What every default list has held since then; a list without one of them is the user's. */
const MASKED_SINCE_EVER = [
  '/proc/kcore',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/sched_debug',
  '/sys/firmware',
];
const READONLY_BY_DEFAULT = new Set([
  '/proc/asound',
  '/proc/bus',
  '/proc/fs',
  '/proc/irq',
  '/proc/sys',
  '/proc/sysrq-trigger',
]);
const READONLY_SINCE_EVER = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/**
 * The host configuration as it is to be sent again: the engine's own JSON, without what the engine wrote into
 * it by itself. Mounts, networks and the restart policy are carried by their own rules.
 */
export function carryHost(host: HostConfig, context: HostContext): Record<string, unknown> {
  const carried = Object.fromEntries(
    Object.entries(host).filter(
      ([key, value]) => !NOT_CARRIED.has(key) && value !== null && value !== undefined,
    ),
  );
  // Written by the engine for a privileged container; sent back it would outlive the privilege.
  if (host.Privileged === true && isDeepStrictEqual(carried['SecurityOpt'], ['label=disable'])) {
    delete carried['SecurityOpt'];
  }
  // Engines before 23 choose only when it is started, if the request that made it had no host configuration at all.
  if (carried['Runtime'] === '') delete carried['Runtime'];
  const links = (host.Links ?? []).map(plainLink);
  const log = host['LogConfig'];
  return {
    ...carried,
    ...(links.length > 0 && { Links: links }),
    ...(!isDefaultLog(log, context) && { LogConfig: log }),
    ...userPaths('MaskedPaths', host['MaskedPaths'], MASKED_BY_DEFAULT, MASKED_SINCE_EVER),
    ...userPaths('ReadonlyPaths', host['ReadonlyPaths'], READONLY_BY_DEFAULT, READONLY_SINCE_EVER),
  };
}

/** `/db:/web/database`, as inspected, to `db:database`, as given. */
function plainLink(link: string): string {
  const [target = '', alias = ''] = link.split(':');
  return `${target.replace(/^\//, '')}:${alias.slice(alias.lastIndexOf('/') + 1)}`;
}

function isDefaultLog(log: unknown, context: HostContext): boolean {
  if (typeof log !== 'object' || log === null) return true;
  const { Type, Config } = log as { Type?: string; Config?: Record<string, string> | null };
  return (
    (Type === undefined || Type === '' || Type === context.logDriver) &&
    Object.keys(Config ?? {}).length === 0
  );
}

/** A copied default list would keep an old engine's list for ever, without the paths that newer ones mask. */
function userPaths(
  field: string,
  value: unknown,
  everDefault: ReadonlySet<string>,
  alwaysDefault: readonly string[],
): Record<string, unknown> {
  if (!Array.isArray(value)) return {};
  const isDefault =
    value.every(path => everDefault.has(path)) && alwaysDefault.every(path => value.includes(path));
  return isDefault ? {} : { [field]: value };
}
