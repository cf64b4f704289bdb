import { Failure } from '../base/failure.ts';
import { type HttpClient, type HttpOptions, openHttpClient } from '../base/http.ts';
import { type Proxies, readProxies, secretsOfProxies } from '../base/proxies.ts';
import type { Secrets } from '../base/secrets.ts';
import { readAuthorities, readCertificates } from './certificates.ts';
import { apiHost } from './endpoint.ts';
import { RegistryError } from './registry-error.ts';

export interface ClientsOptions {
  /** `HTTPS_PROXY`, `SSL_CERT_FILE`, `DOCKER_CONFIG`, and the like. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly connectionsPerHost: number;
  /** Gets to know the passwords of proxies. */
  readonly secrets: Secrets;
  /** For another door to the network than the usual one. */
  readonly openHttp?: ((options: HttpOptions) => HttpClient) | undefined;
}

/** Ways to registries: one for all that are trusted like any host, one each for those with certificates of their own. */
export interface Clients {
  /** The one for a registry and its token service. @throws RegistryError if it cannot be set up as it should be */
  clientFor(registry: string): Promise<HttpClient>;
  close(): Promise<void>;
}

export function openClients(options: ClientsOptions): Clients {
  const { environment, connectionsPerHost, secrets, openHttp = openHttpClient } = options;
  const opened: HttpClient[] = [];
  let settings: Promise<{ proxies: Proxies; authorities: readonly string[] | undefined }> | undefined;
  let usual: HttpClient | undefined;

  const open = (proxies: Proxies, tls: HttpOptions['tls']): HttpClient => {
    const client = openHttp({ proxies, connectionsPerHost, tls });
    opened.push(client);
    return client;
  };
  const readSettings = async () => {
    const proxies = proxiesIn(environment);
    secrets.learn(secretsOfProxies(proxies));
    return { proxies, authorities: await readAuthorities(environment) };
  };
  return {
    clientFor: async registry => {
      settings ??= readSettings();
      const { proxies, authorities } = await settings;
      const own = await readCertificates(apiHost(registry), environment, authorities);
      if (own !== undefined) return open(proxies, own);
      usual ??= open(proxies, authorities && { ca: authorities });
      return usual;
    },
    close: async () => {
      await Promise.all(opened.map(client => client.close()));
    },
  };
}

/** A variable that is not understood hinders questions to registries, and nothing else. */
function proxiesIn(environment: ClientsOptions['environment']): Proxies {
  try {
    return readProxies(environment);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new RegistryError('unreachable', error.message, { hint: error.hint, cause: error });
  }
}
