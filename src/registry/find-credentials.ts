import { DOCKER_HUB } from '../image/reference.ts';
import { askCredentialHelper } from './credential-helper.ts';
import type { Credentials } from './credentials.ts';
import type { DockerConfig } from './docker-config.ts';

/** The name under which Docker keeps the login of Docker Hub. */
const HUB_KEY = 'https://index.docker.io/v1/';

/**
 * What Docker has stored for a registry: by its own helper, else by the default helper, else in the file.
 * @param registry host and port
 */
export async function findCredentials(
  config: DockerConfig,
  registry: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Credentials | undefined> {
  const server = registry === DOCKER_HUB ? HUB_KEY : registry;
  for (const helper of [config.credHelpers?.[server] ?? config.credHelpers?.[registry], config.credsStore]) {
    if (!helper) continue;
    const found = await askCredentialHelper(helper, server, environment);
    if (found !== undefined) return found;
  }
  return fromFile(config, registry);
}

function fromFile(config: DockerConfig, registry: string): Credentials | undefined {
  const auths = new Map(Object.entries(config.auths ?? {}));
  const alike = [...auths.keys()].find(key => hostOf(key) === registry);
  const entry = auths.get(registry) ?? auths.get(alike ?? '');
  if (entry === undefined) return undefined;
  if (entry.identitytoken) return { identityToken: entry.identitytoken };
  if (entry.username && entry.password) return { username: entry.username, password: entry.password };
  const decoded = Buffer.from(entry.auth ?? '', 'base64').toString();
  const colon = decoded.indexOf(':');
  return colon > 0 ? { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) } : undefined;
}

/** The keys of `auths` are hosts, or addresses from older versions of Docker. */
function hostOf(key: string): string {
  const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return host === 'index.docker.io' ? DOCKER_HUB : host;
}
