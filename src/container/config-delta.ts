import { isDeepStrictEqual } from 'node:util';
import { commandDelta } from './command-delta.ts';
import { envDelta, mixedEnvDelta } from './env-delta.ts';
import type { Config, HostConfig } from './inspected.ts';
import { ROLLOUT_LABEL, USER_SET_LABEL } from './rollout-label.ts';
import type { UserSet } from './user-set.ts';

/** What the difference is taken from, beside container and image. */
export interface DeltaContext {
  readonly containerId: string;
  readonly host: HostConfig;
  readonly userSet: UserSet;
  /** The engine's own host name: a container on the host's network reports it as its own. */
  readonly engineHostname: string;
  /** Whether the MAC address is carried with each network, and not here. */
  readonly macIsPerNetwork: boolean;
  /** Whether the engine lists the user's environment and the image's in no order. */
  readonly envIsMixed: boolean;
}

/** Fields with a rule of their own below, or that are never carried. */
const NOT_GENERIC = new Set([
  ...['Image', 'Hostname', 'Domainname', 'Env', 'Cmd', 'Entrypoint', 'Labels', 'ExposedPorts', 'Volumes'],
  ...['Healthcheck', 'OnBuild', 'ArgsEscaped'],
]);

/** Fields that the engine takes from no image, although one made by `docker commit` has them. */
const NEVER_INHERITED = new Set([
  ...['StopTimeout', 'Tty', 'OpenStdin', 'StdinOnce', 'AttachStdin', 'AttachStdout', 'AttachStderr'],
  'NetworkDisabled',
]);

/**
 * Labels that compose writes and reads; they stay even where an image happens to bring the same, unless it is
 * written down whose they are.
 */
const COMPOSE_PREFIX = 'com.docker.compose.';
/** The label by which compose knows which image a container was made from; set anew for the new one. */
export const COMPOSE_IMAGE_LABEL = 'com.docker.compose.image';

/**
 * What the user asked for: a container's configuration without what it inherited from its image. Sent to the
 * engine with another image, it takes that image's defaults, as a fresh `docker run` would.
 *
 * @param config the container's `Config` as inspected
 * @param image the `Config` of the image *id* that it runs
 */
export function configDelta(config: Config, image: Config, context: DeltaContext): Record<string, unknown> {
  const labels = labelDelta(config, image, context.userSet);
  const exposed = {
    ...keyDelta('ExposedPorts', config, image, context.userSet),
    ...boundPorts(context.host),
  };
  const volumes = keyDelta('Volumes', config, image, context.userSet);
  const env = context.envIsMixed
    ? mixedEnvDelta(config.Env ?? [], image.Env ?? [])
    : envDelta(config.Env ?? [], image.Env ?? [], context.userSet);
  const healthcheck = healthcheckDelta(config, image, context.userSet);
  return {
    ...genericDelta(config, image, context),
    ...hostnames(config, context),
    ...commandDelta(config, image, context.userSet),
    ...(Object.keys(labels).length > 0 && { Labels: labels }),
    ...(Object.keys(volumes).length > 0 && { Volumes: volumes }),
    ...(Object.keys(exposed).length > 0 && !sharesNetwork(context.host) && { ExposedPorts: exposed }),
    ...(env.length > 0 && { Env: env }),
    ...(healthcheck !== undefined && { Healthcheck: healthcheck }),
  };
}

function genericDelta(config: Config, image: Config, context: DeltaContext): Record<string, unknown> {
  const own = Object.entries(config).filter(([key, value]) => {
    if (NOT_GENERIC.has(key) || isUnset(value)) return false;
    if (key === 'MacAddress') return !context.macIsPerNetwork;
    return NEVER_INHERITED.has(key) || !isDeepStrictEqual(value, image[key]) || context.userSet.has(key);
  });
  return Object.fromEntries(own);
}

/** Unset as the engine shows it. `StopTimeout: 0` is a value. */
function isUnset(value: unknown): boolean {
  return value === null || value === undefined || value === '' || value === false;
}

/** The labels that the user set, as far as they can be told from those of the image, without ours. */
export function labelDelta(
  config: Pick<Config, 'Labels'>,
  image: Pick<Config, 'Labels'>,
  userSet: UserSet,
): Record<string, string> {
  const { Labels: labels } = config;
  const isOurs = ROLLOUT_LABEL in labels && labels[ROLLOUT_LABEL] !== image.Labels[ROLLOUT_LABEL];
  return Object.fromEntries(
    Object.entries(labels).filter(
      ([key, value]) =>
        key !== ROLLOUT_LABEL &&
        key !== USER_SET_LABEL &&
        (value !== image.Labels[key] ||
          userSet.has(`Labels:${key}`) ||
          (key.startsWith(COMPOSE_PREFIX) && !isOurs)),
    ),
  );
}

function keyDelta(
  field: 'ExposedPorts' | 'Volumes',
  config: Config,
  image: Config,
  userSet: UserSet,
): Record<string, unknown> {
  const inherited = new Set(Object.keys(image[field] ?? {}));
  const own = Object.keys(config[field] ?? {}).filter(
    key => !inherited.has(key) || userSet.has(`${field}:${key}`),
  );
  return Object.fromEntries(own.map(key => [key, {}]));
}

/** A binding without exposure starts without error and publishes nothing, so every bound port is exposed. */
function boundPorts(host: HostConfig): Record<string, unknown> {
  return Object.fromEntries(Object.keys(host.PortBindings ?? {}).map(key => [key, {}]));
}

/** The engine fills fields that the user left open from the image, so each field is told apart by itself. */
function healthcheckDelta(
  config: Config,
  image: Config,
  userSet: UserSet,
): Record<string, unknown> | undefined {
  const own = config.Healthcheck;
  if (own === null || own === undefined) return undefined;
  const inherited = image.Healthcheck ?? {};
  const isOff =
    own.Test?.[0] === 'NONE' && (inherited.Test?.[0] !== 'NONE' || userSet.has('Healthcheck.Test'));
  if (isOff) return { Test: ['NONE'] };
  const fields = Object.entries(own).filter(
    ([key, value]) =>
      !isUnset(value) &&
      value !== 0 &&
      (!isDeepStrictEqual(value, (inherited as Record<string, unknown>)[key]) ||
        userSet.has(`Healthcheck.${key}`)),
  );
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}

/** The default host name is the container's own short id; copied, it would name a container that is gone. */
function hostnames(config: Config, context: DeltaContext): Record<string, unknown> {
  if (sharesNetwork(context.host)) return {};
  const hostname = config['Hostname'];
  const ofEngine = context.host.NetworkMode === 'host' || context.host.UTSMode === 'host';
  const isDefault =
    isUnset(hostname) ||
    hostname === context.containerId.slice(0, 12) ||
    (ofEngine && hostname === context.engineHostname);
  return {
    ...(!isDefault && { Hostname: hostname }),
    ...(!isUnset(config['Domainname']) && { Domainname: config['Domainname'] }),
  };
}

/** With another container's network the engine refuses host name, domain name and exposed ports. */
export function sharesNetwork(host: HostConfig): boolean {
  return host.NetworkMode?.startsWith('container:') ?? false;
}
