import type { Clock } from '../base/clock.ts';
import { type HttpAnswer, type HttpClient, HttpFault, type HttpFaultCode, isLoopback } from '../base/http.ts';
import { withRetries } from '../base/retry.ts';
import { apiHost } from './endpoint.ts';
import { openPace } from './pace.ts';
import { RegistryError } from './registry-error.ts';
import { retryAfter } from './retry-after.ts';

export interface TransportRequest {
  readonly method: 'HEAD' | 'GET';
  /** From the root, as in `/v2/`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The most bytes of body that are read. */
  readonly limit: number;
}

/** Requests to one registry, made again where they failed in passing, and no quicker than it says. */
export interface RegistryTransport {
  /** Any status is an answer. @throws RegistryError `unreachable` if there is none */
  send(request: TransportRequest): Promise<HttpAnswer>;
  /** Where the registry was found: by TLS, unless that is not spoken and not required. */
  base(): URL;
  /** The address that answered; undefined before the first answer, and where a proxy stands between. */
  peer(): string | undefined;
}

const PATIENCE = 30_000;
/** Waits before the second and the third attempt, in milliseconds. */
const RETRY_WAITS = [500, 2000] as const;
/** What a server that does not speak TLS, or not on this port, answers to a TLS greeting. */
const PLAIN_SIGNS: ReadonlySet<HttpFaultCode> = new Set([
  'not-tls',
  'not-http',
  'reset',
  'refused',
  'unreachable',
]);

/** What a server that does speak TLS, and broke off for another reason, answers to a request without. */
const WANTS_TLS = 400;

/** @param plainAllowed whether the registry may be asked without TLS, should it not speak it */
export function openTransport(
  registry: string,
  plainAllowed: boolean,
  client: HttpClient,
  clock: Clock,
): RegistryTransport {
  const pace = openPace(clock);
  let base = new URL(`https://${apiHost(registry)}`);
  let peer: string | undefined;

  const sendOnce = async ({ method, path, headers, limit }: TransportRequest) => {
    const safe = isOutOfSight(base) ? headers : withoutSecret(headers);
    const url = new URL(path, base);
    const answer = await client.send({ method, url, headers: safe, limit, timeout: PATIENCE });
    peer = answer.peer;
    return answer;
  };

  const sendEitherWay = async (request: TransportRequest): Promise<HttpAnswer> => {
    try {
      return await sendOnce(request);
    } catch (error) {
      const plain =
        plainAllowed &&
        base.protocol === 'https:' &&
        error instanceof HttpFault &&
        PLAIN_SIGNS.has(error.code);
      if (!plain) throw error;
      const secure = base;
      base = new URL(`http://${apiHost(registry)}`);
      const answer = await sendOnce(request);
      if (error.code === 'not-tls' || answer.status !== WANTS_TLS) return answer;
      base = secure;
      throw error;
    }
  };

  return {
    base: () => base,
    peer: () => peer,
    send: async request => {
      try {
        return await withRetries(clock, RETRY_WAITS, async () => {
          const answer = await pace.keep(() => sendEitherWay(request));
          // One that says when to come back was waited for already.
          if (answer.status >= 500 && retryAfter(answer, clock.now()) === undefined)
            throw new BrokenAnswer(answer);
          return answer;
        });
      } catch (error) {
        if (error instanceof BrokenAnswer) return error.answer;
        if (!(error instanceof HttpFault)) throw error;
        // Too much is an answer after all, if none that can be used: others may get a better one.
        throw new RegistryError(error.code === 'too-large' ? 'garbage' : 'unreachable', error.message, {
          hint: hintFor(error),
          cause: error,
          retryable: error.retryable,
        });
      }
    },
  };
}

/** Whether others can read what is said to a server: not by TLS, nor within this machine. */
export function isOutOfSight({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || isLoopback(hostname);
}

/** What was meant for TLS is not said in clear, should TLS turn out not to be spoken. */
function withoutSecret({
  authorization: _,
  ...headers
}: TransportRequest['headers']): Record<string, string> {
  return headers;
}

/** A 5xx: worth another attempt, and in the end an answer like any other. */
class BrokenAnswer extends HttpFault {
  readonly answer: HttpAnswer;

  constructor(answer: HttpAnswer) {
    super('reset', `HTTP ${answer.status}`, { retryable: true });
    this.answer = answer;
  }
}

function hintFor(fault: HttpFault): string {
  if (fault.code === 'tls')
    return "If it is signed by a private authority, put that into Docker's certs.d, or name it in NODE_EXTRA_CA_CERTS.";
  return fault.code === 'unknown-host' ? "Check the name, and this machine's DNS." : '';
}
