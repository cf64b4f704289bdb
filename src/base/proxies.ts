import { Failure } from './failure.ts';
import { isInNetworks, literalAddress } from './networks.ts';

/** What the environment says of proxies. */
export interface Proxies {
  readonly http: URL | undefined;
  readonly https: URL | undefined;
  /** Hosts that are talked to directly, as `NO_PROXY` lists them. */
  readonly exempt: readonly string[];
}

/** A variable that names a proxy is not understood. The message never shows its value: it may hold a password. */
export class ProxyError extends Failure<'proxy'> {}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` in small or capital letters, as curl and Docker read them: `HTTPS_PROXY`
 * alone is for https, and an address without a protocol is one of http. @throws ProxyError
 */
export function readProxies(environment: Environment): Proxies {
  return {
    http: proxyIn(environment, 'HTTP_PROXY'),
    https: proxyIn(environment, 'HTTPS_PROXY'),
    exempt: readVariable(environment, 'NO_PROXY')
      .split(/[,\s]+/)
      .filter(entry => entry !== ''),
  };
}

/** The proxy that a URL is asked through; undefined if it is asked directly. */
export function proxyFor(
  { protocol, hostname, port }: URL,
  { http, https, exempt }: Proxies,
): URL | undefined {
  const proxy = protocol === 'https:' ? https : http;
  const usedPort = port || (protocol === 'https:' ? '443' : '80');
  return exempt.some(entry => isMeant(entry, hostname, usedPort)) ? undefined : proxy;
}

/** What of them must not be shown, as it is written, as it is meant, and as it travels. */
export function secretsOfProxies({ http, https }: Proxies): readonly string[] {
  return [http, https].flatMap(proxy => {
    if (proxy === undefined || proxy.password === '') return [];
    const [username, password] = [decodeURIComponent(proxy.username), decodeURIComponent(proxy.password)];
    return [proxy.password, password, Buffer.from(`${username}:${password}`).toString('base64')];
  });
}

function proxyIn(environment: Environment, name: string): URL | undefined {
  const text = readVariable(environment, name);
  if (text === '') return undefined;
  const written = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && canBeDecoded(url)) return url;
  throw new ProxyError('proxy', `${name} is not understood.`, {
    hint: 'Write it as http://proxy.example:3128, or with a user name and a password before the host.',
  });
}

function readVariable(environment: Environment, name: string): string {
  return (environment[name.toLowerCase()] ?? environment[name] ?? '').trim();
}

/** A host with what is below it, an address, or a network; each of the first two with a port or without. */
function isMeant(entry: string, hostname: string, port: string): boolean {
  if (entry === '*') return true;
  const address = literalAddress(hostname);
  if (entry.includes('/')) return address !== undefined && isInNetworks(address, [entry]);
  const [, host = entry, entryPort] = /^(.*[^:]):(\d+)$/.exec(entry) ?? [];
  if (literalAddress(entry) !== undefined) return literalAddress(entry) === address;
  if (entryPort !== undefined && entryPort !== port) return false;
  const name = host.toLowerCase().replace(/^\*?\./, '');
  return hostname === name || (address === undefined && hostname.endsWith(`.${name}`));
}

function canBeDecoded({ username, password }: URL): boolean {
  try {
    decodeURIComponent(`${username}:${password}`);
    return true;
  } catch {
    return false;
  }
}
