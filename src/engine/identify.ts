import type { DockerHost } from './docker-host.ts';
import type { EngineIdentity } from './engine.ts';
import type { EngineCall } from './engine-call.ts';
import { EngineError } from './engine-error.ts';
import type { Get } from './engine-requests.ts';
import { infoShape, versionShape } from './engine-shapes.ts';
import { realHost } from './over-ssh.ts';
import { isPodmanVersion, PODMAN_TRAITS } from './podman.ts';

/** Asks an engine who it is. @throws EngineError */
export async function identify(call: EngineCall, get: Get, host: DockerHost): Promise<EngineIdentity> {
  const [info, version] = await Promise.all([
    call(get('/info', 'describe itself', infoShape)),
    call(get('/version', 'tell its version', versionShape)),
  ]).catch(error => {
    throw unheard(error, host);
  });
  // It makes up another id for every answer.
  const isPodman = isPodmanVersion(version);
  const { Mirrors, IndexConfigs } = info.RegistryConfig ?? {};
  const indexes = Object.entries(IndexConfigs ?? {});
  return {
    id: info.ID,
    ...(isPodman && {
      id: `podman ${info.Name} ${info.DockerRootDir}`,
      digestsForAll: true,
      ...PODMAN_TRAITS,
    }),
    version: version.Version,
    apiVersion: version.ApiVersion,
    platform: { os: info.OSType, architecture: info.Architecture },
    hostname: info.Name,
    logDriver: info.LoggingDriver || 'json-file',
    address: host.ssh === undefined ? host.address : await realHost(host.ssh),
    hubMirrors: [...new Set([...(Mirrors ?? []), ...(IndexConfigs?.['docker.io']?.Mirrors ?? [])])],
    insecureRegistries: [
      ...(info.RegistryConfig?.InsecureRegistryCIDRs ?? []),
      ...indexes.filter(([, index]) => index.Secure === false).map(([name]) => name),
    ],
  };
}

/** Nothing has been asked for yet that could have been done: whoever gives no whole answer now is not to be reached. */
function unheard(error: unknown, { shown, certificates }: DockerHost): unknown {
  if (!(error instanceof EngineError) || error.code !== 'unknown') return error;
  return new EngineError('unreachable', error.message, {
    hint:
      certificates === undefined
        ? `See whether it is an engine that listens at ${shown}.`
        : `See whether the engine at ${shown} takes the certificates in DOCKER_CERT_PATH.`,
    cause: error,
    retryable: error.retryable,
  });
}
