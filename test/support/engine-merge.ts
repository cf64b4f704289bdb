import {
  type Config,
  configShape,
  type InspectedContainer,
  type MountPoint,
} from '../../src/container/inspected.ts';

/*
 * A small model of what the engine makes of a create request: `merge` in moby's daemon/commit.go and what
 * daemon/create.go and daemon/volumes_unix.go do around it. Properties are proved against it; that it is true to
 * the engine is for the suites on a real one to show.
 */

type Request = Readonly<Record<string, unknown>>;
type Health = Readonly<Record<string, unknown>>;
type Keys = Readonly<Record<string, unknown>>;

/** The body of a create request, merged with the defaults of its image. @throws where the engine refuses it */
export function mergeWithImage(body: Request, image: Config): Config {
  const user = configShape.parse(body);
  const { Entrypoint, Cmd } = mergeCommand(user, image);
  return {
    ...user,
    ...Object.fromEntries(
      ['User', 'WorkingDir', 'StopSignal'].map(field => [field, user[field] || image[field] || '']),
    ),
    Entrypoint,
    Cmd,
    Env: mergeEnv(user.Env ?? [], image.Env ?? []),
    Labels: { ...image.Labels, ...user.Labels },
    ExposedPorts: mergeKeys(user.ExposedPorts, image.ExposedPorts),
    Volumes: mergeKeys(user.Volumes, image.Volumes),
    Healthcheck: mergeHealthcheck(user.Healthcheck, image.Healthcheck) as Config['Healthcheck'],
  };
}

function mergeCommand(user: Config, image: Config): Pick<Config, 'Entrypoint' | 'Cmd'> {
  const bare = isEmpty(user.Entrypoint);
  const entrypoint = user.Entrypoint ?? image.Entrypoint;
  const Cmd = bare && isEmpty(user.Cmd) ? image.Cmd : user.Cmd;
  // An entrypoint of one empty word is none at all, and it has suppressed the image's command by now.
  const Entrypoint = entrypoint?.length === 1 && entrypoint[0] === '' ? null : entrypoint;
  if (isEmpty(Entrypoint) && isEmpty(Cmd)) throw new Error('no command specified');
  return { Entrypoint, Cmd };
}

/** The engine looks through the list that it is adding to, so that of a repeated key the first is taken. */
function mergeEnv(user: readonly string[], image: readonly string[]): string[] {
  if (user.length === 0) return [...image];
  const merged = [...user];
  for (const entry of image) {
    if (!merged.some(each => each.split('=')[0] === entry.split('=')[0])) merged.push(entry);
  }
  return merged;
}

function mergeKeys(user: Keys | null | undefined, image: Keys | null | undefined): Keys | null {
  return user == null && image == null ? null : { ...image, ...user };
}

function mergeHealthcheck(user: Health | null | undefined, image: Health | null | undefined): Health | null {
  if (user == null) return image ?? null;
  const isSet = ([, value]: [string, unknown]) => (Array.isArray(value) ? value.length > 0 : Boolean(value));
  return { ...image, ...Object.fromEntries(Object.entries(user).filter(isSet)) };
}

function isEmpty(list: readonly string[] | null | undefined): boolean {
  return list == null || list.length === 0;
}

let created = 0;

/** The container that the engine makes of a request, as it is inspected afterwards. */
export function createContainer(
  body: Request,
  image: Config,
  donors: readonly InspectedContainer[] = [],
): InspectedContainer {
  const Id = (++created).toString(16).padStart(12, '0').padEnd(64, 'f');
  const { HostConfig = {}, NetworkingConfig: _, ...request } = body;
  const merged = mergeWithImage(request, image);
  const host = HostConfig as InspectedContainer['HostConfig'];
  return {
    Id,
    Name: '/web',
    Image: 'sha256:image',
    RestartCount: 0,
    State: { Status: 'created', Running: false },
    Config: { ...merged, Hostname: merged['Hostname'] || Id.slice(0, 12) },
    HostConfig: host,
    Mounts: mountPoints(host, Object.keys(merged.Volumes ?? {}), Id, donors),
    NetworkSettings: { Networks: {} },
  };
}

/** Later ones win: other containers' mounts, then binds and mounts, then the volumes that nothing else covers. */
function mountPoints(
  host: InspectedContainer['HostConfig'],
  volumes: readonly string[],
  id: string,
  donors: readonly InspectedContainer[],
): MountPoint[] {
  const anonymous = (Destination: string): MountPoint => ({
    Type: 'volume',
    Name: `${id.slice(0, 12)}${Destination.replaceAll('/', '-')}`,
    Destination,
    RW: true,
  });
  const asked = [
    ...(host.Binds ?? []).map(bind => bindPoint(bind, anonymous)),
    ...(host.Mounts ?? []).map(mount => mountPoint(mount, anonymous)),
  ];
  const points = new Map(donors.flatMap(({ Mounts }) => Mounts).map(point => [point.Destination, point]));
  for (const [i, point] of asked.entries()) {
    const isTwice = asked.slice(0, i).some(({ Destination }) => Destination === point.Destination);
    if (isTwice) throw new Error(`Duplicate mount point: ${point.Destination}`);
    points.set(point.Destination, point);
  }
  for (const path of volumes.map(cleanPath)) if (!points.has(path)) points.set(path, anonymous(path));
  return [...points.values()];
}

function bindPoint(bind: string, anonymous: (path: string) => MountPoint): MountPoint {
  const [first = '', second, mode = ''] = bind.split(':');
  if (second === undefined) return anonymous(cleanPath(first));
  const common = { Destination: cleanPath(second), RW: mode !== 'ro' };
  return first.startsWith('/')
    ? { Type: 'bind', Source: first, ...common }
    : { Type: 'volume', Name: first, ...common };
}

function mountPoint(
  mount: Readonly<Record<string, unknown>>,
  anonymous: (path: string) => MountPoint,
): MountPoint {
  const { Type, Source, Target, ReadOnly } = mount;
  const Destination = cleanPath(String(Target));
  const common = { Destination, RW: ReadOnly !== true };
  if (Type === 'volume')
    return { ...anonymous(Destination), ...common, ...(Source ? { Name: String(Source) } : {}) };
  return { Type: String(Type), ...common, ...(Source ? { Source: String(Source) } : {}) };
}

/** As Go's path.Clean: no slash at the end, none twice. */
function cleanPath(path: string): string {
  return path.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '');
}
