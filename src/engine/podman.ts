import { constants } from 'node:os';
import { z } from '../base/shape.ts';
import type { EngineTraits } from '../container/carry-over.ts';
import {
  type ContainerSummary,
  configShape,
  type HostConfig,
  type InspectedContainer,
  type InspectedImage,
  type ListedImage,
} from '../container/inspected.ts';

/*
 * Podman serves Docker's API and answers in words of its own, here and there. What it answers is put into Docker's
 * words at this boundary, so that nothing else has to know of it (Podman 4 and 5, pkg/api/handlers/compat).
 */

type Config = InspectedContainer['Config'];
type Networks = NonNullable<InspectedContainer['NetworkSettings']['Networks']>;

/** Whether an answer comes from Podman; it says so in the header of every one. */
export function isPodman(headers: Readonly<Record<string, unknown>>): boolean {
  return 'libpod-api-version' in headers || String(headers['server'] ?? '').startsWith('Libpod');
}

/** The same by what it says of its version. */
export function isPodmanVersion(version: {
  readonly Components?: readonly { readonly Name: string }[] | null | undefined;
}): boolean {
  return version.Components?.some(({ Name }) => Name === 'Podman Engine') ?? false;
}

/** In nanoseconds. */
const SECOND = 1_000_000_000;

/** How a container of Podman's is read. */
export const PODMAN_TRAITS: Pick<EngineTraits, 'filledIn' | 'envIsMixed'> = {
  filledIn: {
    WorkingDir: '/',
    StopSignal: 'SIGTERM',
    Healthcheck: { Interval: 30 * SECOND, Timeout: 30 * SECOND, Retries: 3 },
  },
  envIsMixed: true,
};

/** `GET /containers/json`: image ids lack their prefix. */
export function listFromPodman(list: readonly ContainerSummary[]): ContainerSummary[] {
  return list.map(each => ({ ...each, ImageID: each.ImageID.replace(/^(?=[0-9a-f]{64}$)/, 'sha256:') }));
}

/** `GET /containers/{id}/json`. */
export function containerFromPodman(container: InspectedContainer): InspectedContainer {
  const { Config, HostConfig, NetworkSettings } = container;
  const networks = Object.fromEntries(
    Object.entries(NetworkSettings.Networks ?? {}).map(([name, endpoint]) => [
      name === DEFAULT_NETWORK ? 'bridge' : name,
      endpoint,
    ]),
  );
  return {
    ...container,
    Image: container.Image.replace(/^(?=[0-9a-f]{64}$)/, 'sha256:'),
    Config: configFrom(Config),
    HostConfig: hostFrom(HostConfig, networks),
    NetworkSettings: { ...NetworkSettings, Networks: networks },
  };
}

/** Names are written in full: `docker.io/library/web:1` is what Docker calls `web:1`. */
const inDockersWords = (name: string) => name.replace(/^docker\.io\/(library\/)?/, '');

/** What was built here is called `localhost/…`, and has a digest of it as if a registry were there. */
const isBuiltHere = (name: string) => name.startsWith('localhost/');

function plainNames<T extends Pick<ListedImage, 'RepoTags' | 'RepoDigests'>>(image: T): T {
  const { RepoTags, RepoDigests } = image;
  return {
    ...image,
    RepoTags: RepoTags?.map(inDockersWords),
    RepoDigests: RepoDigests?.filter(name => !isBuiltHere(name)).map(inDockersWords),
  };
}

/** `GET /images/json`. */
export function imagesFromPodman(images: readonly ListedImage[]): ListedImage[] {
  return images.map(plainNames);
}

/** `GET /libpod/images/{name}/json`, Podman's own: what it keeps to itself in Docker's. */
export const podmanImageShape = z.looseObject({
  Digest: z.string().nullish(),
  NamesHistory: z.array(z.string()).nullish(),
  Healthcheck: z.unknown().optional(),
});

/** `GET /images/{name}/json`. An image that lost its last name does not say any more where it came from. */
export function imageFromPodman(
  image: InspectedImage,
  { Digest, NamesHistory, Healthcheck }: z.infer<typeof podmanImageShape>,
): InspectedImage {
  const isNameless = (image.RepoTags ?? []).length === 0 && (image.RepoDigests ?? []).length === 0;
  const repositories = (NamesHistory ?? []).map(name => name.replace(/(:[^:/]*)?(@.*)?$/, ''));
  const former = [...new Set(repositories)].map(each => `${each}@${Digest}`);
  return plainNames({
    ...image,
    Config: configShape.parse({ ...image.Config, Healthcheck }),
    RepoDigests: isNameless && Digest ? former : image.RepoDigests,
  });
}

/** In Docker's words its name is `bridge`; where a container shows its networks it is not translated. */
const DEFAULT_NETWORK = 'podman';
/** Home folders that Podman finds by itself, for a user without one and for root. */
const HOMES = ['HOME=/', 'HOME=/root'];

function configFrom(config: Config): Config {
  const madeUp = ['container=podman', `HOSTNAME=${config['Hostname']}`, ...HOMES];
  const signal = Number(config['StopSignal']);
  const [name = config['StopSignal']] =
    Object.entries(constants.signals).find(([, number]) => number === signal) ?? [];
  return {
    ...config,
    Env: (config.Env ?? []).filter(entry => !madeUp.includes(entry)),
    StopSignal: name,
  };
}

/** The mode is `bridge` for every network. */
function hostFrom(host: HostConfig, networks: Networks): HostConfig {
  const [first] = Object.keys(networks);
  const isDefault = 'bridge' in networks || first === undefined;
  return {
    ...host,
    NetworkMode: host.NetworkMode === 'bridge' && !isDefault ? first : host.NetworkMode,
    PidMode: host.PidMode === 'private' ? '' : host.PidMode,
    UTSMode: host.UTSMode === 'private' ? '' : host.UTSMode,
    Runtime: host['Runtime'] === 'oci' ? undefined : host['Runtime'],
    Binds: host.Binds?.map(plainBind),
    Tmpfs: plainTmpfs(host['Tmpfs']),
    Ulimits: plainUlimits(host['Ulimits']),
    Annotations: ownAnnotations(host['Annotations']),
  };
}

const ADDED_TO_BINDS = new Set(['rw', 'rprivate', 'rbind']);
const ADDED_TO_VOLUMES = new Set([...ADDED_TO_BINDS, 'nosuid', 'nodev']);
const ADDED_TO_TMPFS = new Set(['rw', 'rprivate', 'nosuid', 'nodev', 'tmpcopyup']);

function plainBind(bind: string): string {
  const [source = '', target, options] = bind.split(':');
  if (target === undefined || options === undefined) return bind;
  const own = without(options, source.startsWith('/') ? ADDED_TO_BINDS : ADDED_TO_VOLUMES);
  return [source, target, ...(own === '' ? [] : [own])].join(':');
}

function plainTmpfs(tmpfs: unknown): object {
  const entries = Object.entries((tmpfs ?? {}) as Record<string, string>);
  return Object.fromEntries(entries.map(([path, options]) => [path, without(options, ADDED_TO_TMPFS)]));
}

function without(options: string, added: ReadonlySet<string>): string {
  return options
    .split(',')
    .filter(option => !added.has(option))
    .join(',');
}

/** `RLIMIT_NOFILE` is what the kernel calls `nofile`. */
function plainUlimits(ulimits: unknown): object[] {
  return ((ulimits ?? []) as { Name: string }[]).map(each => ({
    ...each,
    Name: each.Name.replace(/^RLIMIT_/, '').toLowerCase(),
  }));
}

const ADDED_ANNOTATION =
  /^(io\.container\.manager$|io\.podman\.|org\.opencontainers\.image\.|org\.systemd\.property\.)/;

function ownAnnotations(annotations: unknown): object {
  const entries = Object.entries((annotations ?? {}) as object);
  return Object.fromEntries(entries.filter(([key]) => !ADDED_ANNOTATION.test(key)));
}

/** A moment as it may be asked for: no part of a second is understood. */
export function inWholeSeconds<T extends { readonly SystemTime: string }>(clock: T): T {
  const milliseconds = Math.ceil(Date.parse(clock.SystemTime) / 1000) * 1000;
  return { ...clock, SystemTime: new Date(milliseconds).toISOString() };
}
