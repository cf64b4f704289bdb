import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { Failure, systemCode } from './failure.ts';

/** How an HTTP exchange can fail before there is an answer to look at. */
export type HttpFaultCode =
  | 'refused'
  | 'unknown-host'
  | 'reset'
  | 'timeout'
  | 'tls'
  | 'not-tls'
  | 'too-large'
  | 'interrupted'
  | 'unreachable';

/** There is no (whole) answer. The message names host and cause, never a query, header or body. */
export class HttpFault extends Failure<HttpFaultCode> {}

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
}

export interface HttpAnswer {
  readonly status: number;
  /** One header by its name in lower case; several of one name are joined by commas. */
  header(name: string): string | undefined;
  readonly body: Buffer;
}

export interface HttpOptions {
  /** Whether `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are obeyed. */
  readonly proxy: boolean;
  /** The most connections kept open to one host at a time. */
  readonly connectionsPerHost: number;
  /** Extra authorities (PEM), and a client certificate. Certificates are verified in any case. */
  readonly tls?: { readonly ca?: readonly string[]; readonly cert?: string; readonly key?: string };
}

/** An HTTP client that follows no redirect, decompresses nothing, and is bounded in time and bytes. */
export interface HttpClient {
  /** @throws HttpFault */
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

const LARGEST_HEAD = 16 * 1024;

export function openHttpClient(options: HttpOptions): HttpClient {
  const { ca, cert, key } = options.tls ?? {};
  const settings = {
    connections: options.connectionsPerHost,
    pipelining: 1,
    maxHeaderSize: LARGEST_HEAD,
    connect: {
      timeout: 10_000,
      ...(ca === undefined ? {} : { ca: [...ca] }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    },
  };
  const direct = new Agent(settings);
  // Replaced after a timeout: a proxy that falls silent would else be asked again and again for what nobody awaits.
  let proxied = options.proxy ? new EnvHttpProxyAgent(settings) : direct;
  return {
    send: async wanted => {
      // What is said to this machine stays on it, whatever the environment says.
      if (proxied === direct || isLoopback(wanted.url.hostname)) return send(direct, wanted);
      try {
        return await send(proxied, wanted);
      } catch (error) {
        if (error instanceof HttpFault && error.code === 'timeout') {
          void proxied.destroy();
          proxied = new EnvHttpProxyAgent(settings);
        }
        throw error;
      }
    },
    close: async () => {
      await Promise.all([direct.destroy(), proxied.destroy()]);
    },
  };
}

/** Hosts that speak for this machine alone. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|::1)$/.test(hostname);
}

async function send(dispatcher: Dispatcher, wanted: HttpRequest): Promise<HttpAnswer> {
  const deadline = AbortSignal.timeout(wanted.timeout);
  const signal = wanted.signal === undefined ? deadline : AbortSignal.any([deadline, wanted.signal]);
  try {
    return await Promise.race([exchange(dispatcher, wanted, signal), aborted(signal)]);
  } catch (error) {
    throw toFault(error, wanted, deadline);
  }
}

/** The client heeds a signal only once a request is on its way; waiting for a connection must end in time too. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

async function exchange(
  dispatcher: Dispatcher,
  wanted: HttpRequest,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const answer = await request(wanted.url, {
    dispatcher,
    method: wanted.method,
    signal,
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

function toFault(error: unknown, wanted: HttpRequest, deadline: AbortSignal): HttpFault {
  if (error instanceof HttpFault) return error;
  const host = wanted.url.host;
  const fault = (code: HttpFaultCode, message: string, retryable: boolean) =>
    new HttpFault(code, message, { cause: error, retryable });
  if (deadline.aborted)
    return fault('timeout', `${host} did not answer within ${wanted.timeout / 1000} s.`, true);
  if (wanted.signal?.aborted) return fault('interrupted', `The request to ${host} was interrupted.`, false);
  const code = systemCode(error) ?? (error instanceof Error ? error.name : '');
  const known = FAULTS.find(each => each.when.test(code));
  if (known !== undefined) return fault(known.code, known.say(host, code), known.retryable);
  return fault('unreachable', `${host} cannot be talked to (${code || 'unknown error'}).`, true);
}

const FAULTS: readonly {
  readonly when: RegExp;
  readonly code: HttpFaultCode;
  readonly retryable: boolean;
  readonly say: (host: string, code: string) => string;
}[] = [
  { when: /^ECONNREFUSED$/, code: 'refused', retryable: true, say: host => `${host} refuses connections.` },
  {
    when: /^(ENOTFOUND|EAI_AGAIN|EAI_FAIL)$/,
    code: 'unknown-host',
    retryable: true,
    say: host => `The host name of ${host} cannot be resolved.`,
  },
  {
    when: /TIMEOUT|^ETIMEDOUT$/,
    code: 'timeout',
    retryable: true,
    say: host => `${host} did not answer in time.`,
  },
  {
    when: /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|^EPROTO$/,
    code: 'not-tls',
    retryable: false,
    say: host => `${host} does not speak TLS.`,
  },
  {
    when: /PROTOCOL|NO_SHARED_CIPHER|HANDSHAKE_FAILURE/,
    code: 'tls',
    retryable: false,
    say: (host, code) => `${host} speaks no TLS that is safe enough, 1.2 or newer (${code}).`,
  },
  {
    when: /CERT|SELF_SIGNED|UNABLE_TO_|ERR_SSL|ERR_TLS|DEPTH_ZERO/,
    code: 'tls',
    retryable: false,
    say: (host, code) => `The TLS certificate of ${host} is not to be trusted (${code}).`,
  },
  {
    when: /^(HTTPParserError|HPE_.*)$/,
    code: 'unreachable',
    retryable: true,
    say: host => `${host} answers with something that is not HTTP.`,
  },
  {
    when: /^UND_ERR_HEADERS_OVERFLOW$/,
    code: 'too-large',
    retryable: false,
    say: host => `${host} answered with more than ${LARGEST_HEAD} bytes of headers.`,
  },
  {
    when: /^(ECONNRESET|EPIPE|UND_ERR_.*)$/,
    code: 'reset',
    retryable: true,
    say: (host, code) => `${host} broke off the answer (${code}).`,
  },
];
