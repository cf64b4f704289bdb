import { isDeepStrictEqual } from 'node:util';
import { ROLLOUT_LABEL, USER_SET_LABEL } from '../../src/container/rollout-label.ts';
import type { ContainerRequest } from './container-requests.ts';

// biome-ignore lint/suspicious/noExplicitAny: inspections are looked at freely in tests
type Inspected = any;

/** A name that the engine makes up for a volume. */
const ANONYMOUS = /^[0-9a-f]{64}$/;
const SHORT_ID = /^[0-9a-f]{12}$/;

/**
 * What a container is, without what is another for every container (ids, times, paths, addresses that the engine
 * hands out) and without refreshd's own labels. That volumes are named which the engine would have made up names
 * for is how their data is kept; what is mounted where is compared all the same.
 */
export function normalise(container: Inspected, request: ContainerRequest, mac: MacTraits): object {
  const { Config, HostConfig, NetworkSettings, Mounts, Path, Args, Image, Platform, AppArmorProfile } =
    container;
  const { [ROLLOUT_LABEL]: _, [USER_SET_LABEL]: __, ...Labels } = Config.Labels ?? {};
  const id = container.Id.slice(0, 12);
  return {
    ...{ Path, Args, Image, Platform, AppArmorProfile },
    Config: {
      ...Config,
      Labels,
      Hostname: Config.Hostname === id ? 'its own id' : Config.Hostname,
      // Shown where the mode is a name; it is compared with the networks in any case.
      MacAddress: request.networks.modeBy === 'name' ? Config.MacAddress : undefined,
    },
    HostConfig: normaliseHost(HostConfig, container.Name, request),
    Mounts: Object.fromEntries((Mounts as Inspected[]).map(each => [each.Destination, normaliseMount(each)])),
    Networks: Object.fromEntries(
      Object.entries<Inspected>(NetworkSettings.Networks ?? {}).map(([key, endpoint]) => {
        const network = SHORT_ID.test(key) ? (request.networks.mode ?? key) : key;
        return [
          network,
          {
            ...normaliseEndpoint(endpoint, [id, Config.Hostname]),
            MacAddress: isToldFrom(request, network, mac) ? endpoint.MacAddress : undefined,
          },
        ];
      }),
    ),
  };
}

/** Binds and mounts as far as the user asked for them; all else is seen in what is mounted. */
function normaliseHost(host: Inspected, name: string, { host: asked }: ContainerRequest): object {
  const own = new Map(((asked['Mounts'] ?? []) as Inspected[]).map(mount => [mount.Target, mount]));
  const { VolumesFrom: _, RestartPolicy: policy, Mounts, Binds, Links, NetworkMode, ...rest } = host;
  return {
    ...rest,
    // The engine writes the whole id where the user wrote its beginning.
    NetworkMode: NetworkMode.replace(/^([0-9a-f]{12})[0-9a-f]{52}$/, '$1'),
    RestartPolicy: { Name: policy.Name || 'no', MaximumRetryCount: policy.MaximumRetryCount },
    Links: (Links ?? []).map((link: string) => link.replace(`:${name}/`, ':')),
    Mounts: (Mounts ?? [])
      .filter((mount: Inspected) => own.has(mount.Target))
      .map((mount: Inspected) => (own.get(mount.Target).Source ? mount : { ...mount, Source: undefined })),
    Binds: (Binds ?? []).map((bind: string) => bind.replace(/^[0-9a-f]{64}:/, '')),
  };
}

/** Engine 28 does not name the anonymous volume of a bind. */
function isMadeUp({ Type, Name, Source }: Inspected): boolean {
  return Type === 'volume' && ANONYMOUS.test(Name ?? Source.split('/').at(-2));
}

/** The mode is only the words of the request again. */
function normaliseMount({ Mode: _, ...point }: Inspected): object {
  const { Name, Source, ...mount } = point;
  return isMadeUp(point) ? { ...mount, Name: 'made up' } : { ...mount, Name, Source };
}

function normaliseEndpoint(endpoint: Inspected, ownNames: readonly string[]): object {
  const { IPAMConfig, Links, Aliases, DriverOpts, GwPriority } = endpoint;
  const aliases = (Aliases ?? []).filter((alias: string) => !ownNames.includes(alias));
  return { IPAMConfig, Links, Aliases: aliases, DriverOpts, GwPriority };
}

/** What can be told of MAC addresses on networks other than the first. */
export interface MacTraits {
  /** Engines from 28 on make them up at random, so that they look like a user's. */
  readonly isRandom: boolean;
  /** A container that ran and stopped shows none. */
  readonly isForgotten: boolean;
}

/** Whether the engine lets a MAC address of the user's be told from none. */
function isToldFrom({ networks }: ContainerRequest, network: string, mac: MacTraits): boolean {
  const [first] = Object.keys(networks.endpoints);
  if (network === first && networks.modeBy === 'name') return true;
  const isAsked = networks.atOnce && networks.endpoints[network]?.['MacAddress'] !== undefined;
  return !mac.isForgotten && (isAsked || !mac.isRandom);
}

/** Where two normalised inspections differ, with both values. All kinds of nothing are the same. */
export function differences(a: unknown, b: unknown, path = ''): string[] {
  if (isDeepStrictEqual(a, b) || (isNothing(a) && isNothing(b))) return [];
  if (!isRecord(a) || !isRecord(b)) return [`${path}: ${show(a)} instead of ${show(b)}`];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap(key =>
    differences(own(a, key), own(b, key), path === '' ? key : `${path}.${key}`),
  );
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.values(value).every(isNothing);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Not what every object has, such as a constructor. */
function own(record: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}

/** Without the volumes that earlier images declared and the present one does not: their data is kept. */
export function withoutKeptVolumes(ours: Inspected, fresh: Inspected, gone: ReadonlySet<string>): Inspected {
  const stays = new Set((fresh.Mounts as Inspected[]).map(({ Destination }) => Destination));
  const isKept = (point: Inspected) =>
    isMadeUp(point) &&
    !stays.has(point.Destination) &&
    [...gone].some(path => samePath(path, point.Destination));
  return { ...ours, Mounts: ours.Mounts.filter((mount: Inspected) => !isKept(mount)) };
}

function samePath(a: string, b: string): boolean {
  return a.replace(/\/$/, '') === b.replace(/\/$/, '');
}
