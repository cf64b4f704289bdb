import { Agent, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { inspect } from 'node:util';
import { readCertificates } from './docker-certificates.ts';
import type { DockerHost } from './docker-host.ts';
import { toEngineError } from './engine-error.ts';
import { AgentOverSsh } from './over-ssh.ts';

/** What is sent, and what counts as success. */
export interface Dialed {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: object;
  readonly credentials?: object | undefined;
  /** Statuses that mean success. */
  readonly accept: readonly number[];
  /** What is asked for, in words that finish "The engine could not …". */
  readonly operation: string;
}

/** Sends requests to an engine. */
export interface Dialer {
  /** @param signal breaks it off, whether there is an answer yet or not. @throws EngineError */
  readonly dial: (request: Dialed, signal: AbortSignal) => Promise<IncomingMessage>;
  /** Ends the connections that it kept. */
  readonly close: () => void;
}

/** The part of docker-modem that is used: it dials, and hands over the answer as a stream. */
interface Modem {
  dial(options: object, done: (error: unknown, answer: IncomingMessage | null) => void): void;
}

/**
 * Opens dockerode, loaded only now because it costs tens of megabytes. Only its transport is used.
 * @param options `keepAlive` uses connections again, on which nobody can tell what came of a change: the engine may
 * have closed one meanwhile
 */
export async function openDialer(host: DockerHost, { keepAlive = false } = {}): Promise<Dialer> {
  const { default: Docker } = await import('dockerode');
  const way = await wayTo(host, keepAlive);
  const modem = withoutDockerHost(() => new Docker(way as object)).modem as Modem;
  return {
    dial: (request, signal) => dial(modem, request, host, signal),
    close: () => way.agent.destroy(),
  };
}

/** What docker-modem is told of the way; it knows only some of those that the docker command goes. */
async function wayTo(
  host: DockerHost,
  keepAlive: boolean,
): Promise<{ readonly agent: Agent; readonly [option: string]: unknown }> {
  const { socketPath, ssh, certificates, address, port } = host;
  const opened = (agent: Agent) => ({ agent: unrendered(agent) });
  if (socketPath !== undefined) return { socketPath, ...opened(new Agent({ keepAlive })) };
  const at = { host: address, port };
  if (ssh !== undefined) return { protocol: 'http', ...at, ...opened(new AgentOverSsh(ssh, keepAlive)) };
  if (certificates === undefined) return { protocol: 'http', ...at, ...opened(new Agent({ keepAlive })) };
  const tls = { ...(await readCertificates(certificates)), rejectUnauthorized: true };
  return { protocol: 'https', ...at, ...opened(new TlsAgent({ keepAlive, ...tls })) };
}

/** docker-modem reads the variable too, and makes of it and of others what the docker command does not. */
function withoutDockerHost<T>(make: () => T): T {
  const { DOCKER_HOST } = process.env;
  delete process.env['DOCKER_HOST'];
  try {
    return make();
  } finally {
    if (DOCKER_HOST !== undefined) process.env['DOCKER_HOST'] = DOCKER_HOST;
  }
}

/** docker-modem renders each request for a log that is off, with all that hangs on it: most of a check's time. */
function unrendered<T extends object>(part: T): T {
  return Object.defineProperty(part, inspect.custom, {
    value: () => part.constructor.name,
    configurable: true,
  });
}

function dial(
  modem: Modem,
  request: Dialed,
  host: DockerHost,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { query = {}, body = {} } = request;
  const options = {
    method: request.method,
    // A path with a question mark gets the query appended; without a query the mark must not be there.
    path: Object.keys(query).length > 0 ? `${request.path}?` : request.path,
    options: { _query: query, _body: body },
    authconfig: request.credentials,
    isStream: true,
    abortSignal: unrendered(signal),
    statusCodes: Object.fromEntries(request.accept.map(status => [status, true])),
  };
  return new Promise((resolve, reject) => {
    modem.dial(options, (error, answer) => {
      if (error === null && answer !== null) resolve(answer);
      else reject(toEngineError(error, request.operation, host.shown));
    });
  });
}
