import type { Spec } from './carry-over.ts';
import type { NetworkAttachment } from './network-carry.ts';
import {
  bindsOf,
  isWritableBind,
  isWritableMount,
  type Mount,
  mountsOf,
  writablePaths,
} from './writable-mounts.ts';

/** The port that a copy has to be reached at from outside, and by whom. */
export interface ReachedAt {
  /** As in `8080/tcp`. */
  readonly port: string;
  /** The address of the host that it is published at. */
  readonly address: string;
}

/** Names that others would find the copy by, and with them take it for the running one. */
const NAMES = new Set(['Hostname', 'Domainname', 'MacAddress', 'Labels']);

/** Variables by which nginx-proxy and its companions find whom to send requests to. */
const FOR_PROXIES = /^(VIRTUAL|LETSENCRYPT)_/;

/**
 * What of a container's spec a copy gets that runs beside it for a while: everything but what there is only one of
 * (published ports, names, addresses), what would lead others to it (aliases, labels of compose and of proxies, variables
 * of proxies), and what both would write to. Volumes are replaced by empty ones without a name, as at a first start;
 * folders and files of the host are left out.
 * @param reachedAt the one port that it needs, given by the engine; undefined where its own address will do
 */
export function preflightSpec(spec: Spec, reachedAt: ReachedAt | undefined): Spec {
  const { PortBindings: _, PublishAllPorts: __, Binds: ___, Mounts: ____, ...host } = spec.host;
  const kept = Object.entries(spec.config).filter(([key]) => !NAMES.has(key));
  const config: Readonly<Record<string, unknown>> = Object.fromEntries(kept);
  const environment = config['Env'] as readonly string[] | undefined;
  const binds = bindsOf(spec).filter(bind => !isWritableBind(bind));
  const mounts = [...mountsOf(spec).filter(mount => !isWritableMount(mount)), ...freshVolumes(spec)];
  const bound = reachedAt && { [reachedAt.port]: [{ HostIp: reachedAt.address, HostPort: '' }] };
  return {
    config: {
      ...config,
      ...(environment !== undefined && { Env: environment.filter(each => !FOR_PROXIES.test(each)) }),
      ...(reachedAt !== undefined && {
        ExposedPorts: { ...(config['ExposedPorts'] as object | undefined), [reachedAt.port]: {} },
      }),
    },
    host: {
      ...host,
      AutoRemove: false,
      PublishAllPorts: false,
      ...(bound !== undefined && { PortBindings: bound }),
      ...(binds.length > 0 && { Binds: binds }),
      ...(mounts.length > 0 && { Mounts: mounts }),
    },
    primary: spec.primary && unnamed(spec.primary),
    others: spec.others.map(unnamed),
  };
}

/** Without them a program with a read-only root would have nowhere to write. */
function freshVolumes(spec: Spec): readonly Mount[] {
  const volumes = new Set([
    ...bindsOf(spec).flatMap(bind => (bind.startsWith('/') ? [] : (bind.split(':')[1] ?? []))),
    ...mountsOf(spec).flatMap(({ Type, Target }) => (Type === 'volume' ? String(Target) : [])),
  ]);
  return writablePaths(spec).flatMap(path => (volumes.has(path) ? [{ Type: 'volume', Target: path }] : []));
}

function unnamed({ network, endpoint }: NetworkAttachment): NetworkAttachment {
  const { Aliases: _, IPAMConfig: __, MacAddress: ___, ...rest } = endpoint;
  return { network, endpoint: rest };
}
