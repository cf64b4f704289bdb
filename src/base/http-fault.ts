import { Failure, systemCode } from './failure.ts';

/** How an HTTP exchange can fail before there is an answer to look at. */
export type HttpFaultCode =
  | 'refused'
  | 'unknown-host'
  | 'reset'
  | 'timeout'
  | 'tls'
  | 'not-tls'
  | 'not-http'
  | 'too-large'
  | 'interrupted'
  | 'out-of-bounds'
  | 'unreachable';

/** The most bytes of headers that an answer may have. */
export const LARGEST_HEAD = 16 * 1024;

/** There is no (whole) answer. The message names host and cause, never a query, header or body. */
export class HttpFault extends Failure<HttpFaultCode> {}

/** An exchange that failed. */
export interface BrokenExchange {
  /** Host and port that were asked. */
  readonly host: string;
  /** Host and port of the proxy that it went through, if it did. */
  readonly proxy: string | undefined;
}

/** Translates whatever the HTTP library throws while an exchange is under way. */
export function toHttpFault(error: unknown, { host, proxy }: BrokenExchange): HttpFault {
  if (error instanceof HttpFault) return error;
  const fault = (code: HttpFaultCode, message: string, retryable: boolean) =>
    new HttpFault(code, message, { cause: error, retryable });
  if (proxy !== undefined) {
    const status = /^Proxy response \((\d+)\)/.exec(error instanceof Error ? error.message : '')?.[1];
    const said = `The proxy ${proxy} lets nothing through to ${host} (HTTP ${status}).`;
    if (status !== undefined) return fault('unreachable', said, Number(status) >= 500);
  }
  const code = systemCode(error) ?? (error instanceof Error ? error.name : '');
  const known = FAULTS.find(each => each.when.test(code));
  if (known === undefined)
    return fault('unreachable', `${host} cannot be talked to (${code || 'unknown error'}).`, true);
  const culprit = proxy !== undefined && BEFORE_THE_PROXY.has(known.code) ? `the proxy ${proxy}` : host;
  return fault(known.code, capitalized(known.say(culprit, code)), known.retryable);
}

/** What can only happen on the way to a proxy: what lies behind it, it says itself. */
const BEFORE_THE_PROXY: ReadonlySet<HttpFaultCode> = new Set(['refused', 'unknown-host']);

function capitalized(sentence: string): string {
  return sentence.replace(/^the /, 'The ');
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
    code: 'not-http',
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
