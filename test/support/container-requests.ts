import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { type Host, hostConfig, ownConfig } from './options-host.ts';
import { type Fields, imageConfig, userConfig } from './options-inherited.ts';
import { type Attachments, attachments } from './options-network.ts';

/** What a user asks of the engine, whatever the image. */
export interface ContainerRequest {
  readonly config: Fields;
  readonly host: Fields;
  readonly networks: Attachments;
}

/** A container, the images that it goes through, and whether it runs in between. */
export interface Case {
  readonly request: ContainerRequest;
  /** The configurations of three versions of its image. */
  readonly versions: readonly [Fields, Fields, Fields];
  readonly started: boolean;
}

/** The API version, as a number after the dot, from which on one request may name several networks. */
const SEVERAL_NETWORKS = 44;

/**
 * The user's words are a and b. The first image does not use them, because what a user sets to the very value
 * that its image has cannot be told from the image's; the later ones do, which must make no difference.
 */
export function containerCase(host: Host): fc.Arbitrary<Case> {
  return fc
    .record({
      request: fc
        .record({
          user: userConfig(['a', 'b']),
          own: ownConfig(),
          host: hostConfig(host),
          networks: attachments,
        })
        .map(({ user, own, host, networks }) => fitTogether({ ...user, ...own }, host, networks)),
      versions: fc.tuple(
        imageConfig(['x', 'y'], true),
        imageConfig(['a', 'b', 'x']),
        imageConfig(['a', 'b']),
      ),
      started: fc.boolean(),
      autoRemove: fc.boolean(),
    })
    .map(({ request, autoRemove, ...rest }) => ({
      ...rest,
      // One that ran would be gone before it is compared.
      request: autoRemove && !rest.started ? removedWhenStopped(request) : request,
    }))
    .filter(
      ({ request, versions: [first] }) => !isBare(request.config['Entrypoint']) || 'Entrypoint' in first,
    );
}

/** As `docker run --rm`, which allows no restart policy. */
function removedWhenStopped({ config, host, networks }: ContainerRequest): ContainerRequest {
  const Labels = { ...(config['Labels'] as object), 'refreshd.allow-rm': 'true' };
  return {
    config: { ...config, Labels },
    host: { ...without(host, ['RestartPolicy']), AutoRemove: true },
    networks,
  };
}

/** "No entrypoint" says nothing where the image has none. */
function isBare(entrypoint: unknown): boolean {
  return isDeepStrictEqual(entrypoint, []) || isDeepStrictEqual(entrypoint, ['']);
}

/** What the engine refuses beside another container's network or the host's. */
const NOT_SHARED = ['Hostname', 'Domainname', 'ExposedPorts'];
const NOT_SHARED_HOST = [
  'Dns',
  'DnsOptions',
  'DnsSearch',
  'ExtraHosts',
  'Links',
  'PublishAllPorts',
  'PortBindings',
];

/** As every client does: what is published is exposed too, and what cannot go together is not asked for. */
function fitTogether(config: Fields, asked: Fields, networks: Attachments): ContainerRequest {
  const host = 'Memory' in asked ? asked : without(asked, ['MemorySwap']);
  if (networks.mode?.startsWith('container:')) {
    return { config: without(config, NOT_SHARED), host: without(host, NOT_SHARED_HOST), networks };
  }
  const ports = Object.keys((host['PortBindings'] ?? {}) as object);
  const exposed = {
    ...(config['ExposedPorts'] as object),
    ...Object.fromEntries(ports.map(port => [port, {}])),
  };
  const names = host['UTSMode'] === 'host' ? NOT_SHARED.slice(0, 2) : [];
  return {
    config: { ...without(config, names), ...(ports.length > 0 && { ExposedPorts: exposed }) },
    host,
    networks,
  };
}

function without(fields: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.includes(key)));
}

/** The calls that make a container: one create body, and the networks it is connected to after. */
export interface Calls {
  readonly body: Fields;
  readonly connects: readonly { readonly network: string; readonly endpoint: Fields }[];
}

/**
 * @param api the engine's API version, as a number after the dot
 * @param networkIds by the networks' names
 */
export function callsFor(
  request: ContainerRequest,
  image: string,
  api: number,
  networkIds: ReadonlyMap<string, string>,
): Calls {
  const { mode, modeBy, endpoints, atOnce } = request.networks;
  const id = networkIds.get(mode ?? '') ?? '';
  const written = modeBy === 'name' ? mode : modeBy === 'id' ? id : id.slice(0, 12);
  const keyOf = (name: string) => (name === mode ? (written ?? name) : name);
  const names = Object.keys(endpoints);
  const together = api >= SEVERAL_NETWORKS && atOnce ? names : names.slice(0, 1);
  // Before, the address belongs to the container, and one in an endpoint is taken without being used.
  const endpointFor = (name: string) =>
    api >= SEVERAL_NETWORKS ? (endpoints[name] ?? {}) : without(endpoints[name] ?? {}, ['MacAddress']);
  const [first] = names;
  const mac = first === undefined ? undefined : endpoints[first]?.['MacAddress'];
  return {
    body: {
      Image: image,
      ...request.config,
      ...(api < SEVERAL_NETWORKS && mac !== undefined && { MacAddress: mac }),
      HostConfig: { ...request.host, ...(written !== undefined && { NetworkMode: written }) },
      NetworkingConfig: {
        EndpointsConfig: Object.fromEntries(together.map(name => [keyOf(name), endpointFor(name)])),
      },
    },
    connects: names
      .filter(name => !together.includes(name))
      // No client asks for a MAC address here, because engines take it and do not use it.
      .map(network => ({ network, endpoint: without(endpointFor(network), ['MacAddress']) })),
  };
}
