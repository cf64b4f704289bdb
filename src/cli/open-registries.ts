import { systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Engine, EngineIdentity } from '../engine/engine.ts';
import type { Registry } from '../registry/registry.ts';
import { openRegistry, type RegistryOptions } from '../registry/registry-client.ts';
import type { RunTools } from '../run/run-tools.ts';
import { withSecondWay } from '../run/second-way.ts';
import { knownSecrets } from './known-secrets.ts';

export interface RegistriesOptions extends Pick<RegistryOptions, 'environment' | 'challenges' | 'openHttp'> {
  readonly engine: Engine;
  readonly identity: EngineIdentity;
  /** The most questions to one registry at a time. */
  readonly concurrency: number;
  readonly log: Log;
}

/** Opens the way to registries, and through the engine where that is the only one. */
export function openRegistries({ engine, identity, concurrency, log, ...options }: RegistriesOptions): {
  readonly registry: Registry;
  readonly credentials: RunTools['credentials'];
} {
  const ownWay = openRegistry({
    ...options,
    clock: systemClock,
    insecureRegistries: identity.insecureRegistries,
    hubMirrors: identity.hubMirrors,
    connectionsPerHost: concurrency,
    secrets: knownSecrets,
    log,
  });
  const credentials: RunTools['credentials'] = async reference => {
    const found = await ownWay.credentials(reference);
    return found === undefined || 'username' in found ? found : { identitytoken: found.identityToken };
  };
  const hasMirrors = (identity.hubMirrors ?? []).length > 0;
  const secrets = knownSecrets;
  const registry = withSecondWay({ registry: ownWay, engine, credentials, hasMirrors, secrets, log });
  return { registry, credentials };
}
