import type { LookupFunction } from 'node:net';
import { createSecureContext, type SecureContext, type SecureVersion } from 'node:tls';
import { Agent, buildConnector, type Dispatcher, ProxyAgent } from 'undici';
import { HttpFault, LARGEST_HEAD, toHttpFault } from './http-fault.ts';
import { literalAddress } from './networks.ts';
import { type Proxies, proxyFor } from './proxies.ts';
import { leadsAstray, lookupWithin, type Reach } from './reach.ts';

export { HttpFault, type HttpFaultCode } from './http-fault.ts';
export type { Reach } from './reach.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole exchange, last byte included, in milliseconds. */
  readonly timeout: number;
  /** The most bytes of body that are read; more is a fault. */
  readonly limit: number;
  /** What to do with a longer body: a fault, or cut it and be content. That of an error (4xx, 5xx) is cut in any case. */
  readonly longer?: 'fault' | 'cut';
  readonly signal?: AbortSignal;
  /** What kinds of address may be connected to; any, if left out. Not known behind a proxy, which looks for itself. */
  readonly reach?: Reach;
}

export interface HttpAnswer {
  readonly status: number;
  /** One header by its name in lower case; several of one name are joined by commas. */
  header(name: string): string | undefined;
  readonly body: Buffer;
  /** The address that answered, where it was connected to directly. */
  readonly peer?: string | undefined;
}

export interface HttpOptions {
  /** The proxies to go through; none, if left out. */
  readonly proxies?: Proxies | undefined;
  /** The most connections kept open to one host at a time. */
  readonly connectionsPerHost: number;
  /** The authorities that are trusted instead of Node's (PEM), and a client certificate. */
  readonly tls?:
    | { readonly ca?: readonly string[]; readonly cert?: string; readonly key?: string }
    | undefined;
  /** For another way to resolve host names than the usual one. */
  readonly lookup?: LookupFunction | undefined;
}

/** An HTTP client that follows no redirect, decompresses nothing, verifies every certificate, and is bounded in time and bytes. */
export interface HttpClient {
  /** @throws HttpFault */
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** Verified whatever the environment says. */
const SAFE = { minVersion: 'TLSv1.2' as SecureVersion, rejectUnauthorized: true, timeout: 10_000 };

/** @throws Error if the certificates of its options cannot be read */
export function openHttpClient(options: HttpOptions): HttpClient {
  const secureContext = options.tls === undefined ? undefined : contextOf(options.tls);
  const settings = { connections: options.connectionsPerHost, pipelining: 1, maxHeaderSize: LARGEST_HEAD };
  const secure = { ...SAFE, ...(secureContext && { secureContext }) };
  const peers = new Map<string, string>();
  /** Where a connection is not used again after HEAD: servers that send a body all the same spoil the next answer. */
  const garbled = new Set<string>();
  const lines = new Map<string, Dispatcher>();
  const line = (name: string, open: () => Dispatcher): Dispatcher => {
    const found = lines.get(name) ?? open();
    lines.set(name, found);
    return found;
  };
  const direct = (reach: Reach) =>
    line(reach, () => {
      const connector = buildConnector({ ...secure, lookup: lookupWithin(reach, options.lookup) });
      const connect: typeof connector = (wanted, done) =>
        connector(wanted, (...result) => {
          const [, socket] = result;
          if (socket?.remoteAddress) peers.set(`${wanted.protocol}//${wanted.host}`, socket.remoteAddress);
          done(...result);
        });
      return new Agent({ ...settings, connect });
    });
  const through = (proxy: URL) =>
    line(
      proxy.href,
      () => new ProxyAgent({ ...settings, uri: proxy.href, proxyTls: SAFE, requestTls: secure }),
    );
  const learnFrom = (fault: unknown, { origin }: URL, proxy: URL | undefined) => {
    if (!(fault instanceof HttpFault)) return;
    if (fault.code === 'not-http') garbled.add(origin);
    if (proxy === undefined || fault.code !== 'timeout') return;
    // A proxy that falls silent would else be asked again and again for what nobody awaits.
    void lines.get(proxy.href)?.destroy();
    lines.delete(proxy.href);
  };

  return {
    send: async wanted => {
      const { url, reach = 'anywhere' } = wanted;
      // What is said to this machine stays on it, whatever the environment says.
      const isLocal = options.proxies === undefined || isLoopback(url.hostname);
      const proxy = isLocal ? undefined : proxyFor(url, options.proxies);
      const address = literalAddress(url.hostname);
      if (address !== undefined) leadsAstray(url.hostname, [address], reach);
      try {
        const answer = await send(
          proxy === undefined ? direct(reach) : through(proxy),
          { ...wanted, reset: garbled.has(url.origin) },
          proxy?.host,
        );
        return proxy === undefined ? { ...answer, peer: peers.get(url.origin) } : answer;
      } catch (error) {
        learnFrom(error, url, proxy);
        throw error;
      }
    },
    close: async () => {
      await Promise.all([...lines.values()].map(each => each.destroy()));
    },
  };
}

function contextOf({ ca, cert, key }: NonNullable<HttpOptions['tls']>): SecureContext {
  const { minVersion } = SAFE;
  return createSecureContext({
    minVersion,
    ...(ca && { ca: [...ca] }),
    ...(cert && { cert }),
    ...(key && { key }),
  });
}

/** Hosts that speak for this machine alone. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|::1)$/.test(hostname);
}

/** A request, and whether its connection is closed after it. */
type Sent = HttpRequest & { readonly reset: boolean };

async function send(dispatcher: Dispatcher, wanted: Sent, proxy?: string): Promise<HttpAnswer> {
  const deadline = AbortSignal.timeout(wanted.timeout);
  const signal = wanted.signal === undefined ? deadline : AbortSignal.any([deadline, wanted.signal]);
  try {
    return await Promise.race([exchange(dispatcher, wanted, signal), aborted(signal)]);
  } catch (error) {
    const { host } = wanted.url;
    if (error instanceof HttpFault) throw error;
    if (deadline.aborted) {
      const message = `${host} did not answer within ${wanted.timeout / 1000} s.`;
      throw new HttpFault('timeout', message, { cause: error, retryable: true });
    }
    if (wanted.signal?.aborted)
      throw new HttpFault('interrupted', `The request to ${host} was interrupted.`, { cause: error });
    throw toHttpFault(error, { host, proxy });
  }
}

/** The client heeds a signal only once a request is on its way; waiting for a connection must end in time too. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

async function exchange(dispatcher: Dispatcher, wanted: Sent, signal: AbortSignal): Promise<HttpAnswer> {
  const { origin, pathname, search } = wanted.url;
  const answer = await dispatcher.request({
    origin,
    path: `${pathname}${search}`,
    method: wanted.method,
    signal,
    // Left out, the connection would be closed after every HEAD.
    ...(wanted.method === 'HEAD' && { reset: wanted.reset }),
    ...(wanted.headers === undefined ? {} : { headers: wanted.headers }),
    ...(wanted.body === undefined ? {} : { body: wanted.body }),
  });
  // Of what only explains a refusal, the beginning is enough.
  const longer = answer.statusCode >= 400 ? 'cut' : wanted.longer;
  const body = await readBody(answer.body, { ...wanted, ...(longer && { longer }) });
  return {
    status: answer.statusCode,
    header: name => {
      const value = answer.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    body,
  };
}

async function readBody(stream: Dispatcher.ResponseData['body'], wanted: HttpRequest): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    chunks.push(chunk);
    if (size <= wanted.limit) continue;
    stream.destroy();
    if (wanted.longer === 'cut') return Buffer.concat(chunks).subarray(0, wanted.limit);
    throw new HttpFault('too-large', `${wanted.url.host} answered with more than ${wanted.limit} bytes.`);
  }
  return Buffer.concat(chunks);
}
