import type { Spec } from './carry-over.ts';
import { writablePaths } from './writable-mounts.ts';

/** Why a copy of a container cannot run beside it, reduced as it is; undefined if it can. */
export function obstacleToCopy(spec: Spec): string | undefined {
  if (spec.host['Privileged'] === true) return 'it is privileged';
  return sharedThing(spec);
}

/** Why a container of the very same spec cannot run beside it; undefined if it can. */
export function obstacleToTwin(spec: Spec): string | undefined {
  const [path] = writablePaths(spec);
  if (spec.host['AutoRemove'] === true) return 'it was started with --rm';
  if (hasKeys(spec.host['PortBindings']) || spec.host['PublishAllPorts'] === true)
    return 'it publishes ports of the host';
  if ('Hostname' in spec.config) return 'others find it by its host name';
  if (hasField(spec, 'IPAMConfig')) return 'it has a fixed address';
  if ('MacAddress' in spec.config || hasField(spec, 'MacAddress'))
    return 'it has a MAC address that may have been chosen for it';
  if (path !== undefined) return `two would write to the same data at ${path}`;
  return sharedThing(spec);
}

const SHARED_MODES = [
  ['NetworkMode', 'network'],
  ['PidMode', 'processes'],
  ['IpcMode', 'memory'],
  ['UTSMode', 'host name'],
] as const;

/** What there is only one of. */
function sharedThing({ host }: Spec): string | undefined {
  for (const [field, what] of SHARED_MODES) {
    const mode = String(host[field] ?? '');
    if (mode === 'host') return `it uses the ${what} of the host`;
    if (mode.startsWith('container:')) return `it uses the ${what} of another container`;
  }
  const hasDevices = ['Devices', 'DeviceRequests', 'DeviceCgroupRules'].some(field => hasKeys(host[field]));
  return hasDevices ? 'it uses devices of the host' : undefined;
}

function hasField({ primary, others }: Spec, field: 'IPAMConfig' | 'MacAddress'): boolean {
  const endpoints = [...(primary === undefined ? [] : [primary]), ...others];
  return endpoints.some(({ endpoint }) => field in endpoint);
}

function hasKeys(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}
