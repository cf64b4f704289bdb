import { Agent, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { inspect } from 'node:util';
import { within } from '../base/deadline.ts';
import { shapeOf, type z } from '../base/shape.ts';
import { readCertificates } from './docker-certificates.ts';
import type { DockerHost } from './docker-host.ts';
import { EngineError, toEngineError, unknownOutcome } from './engine-error.ts';
import { AgentOverSsh } from './over-ssh.ts';
import { isPodman } from './podman.ts';

/** One request to the engine. */
export interface EngineRequest<T> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: object;
  readonly credentials?: object | undefined;
  /** Statuses that mean success. */
  readonly accept: readonly number[];
  readonly shape: z.ZodType<T>;
  /** Puts an answer of Podman's into Docker's words. */
  readonly fromPodman?: (answer: T) => T | Promise<T>;
  /** Whether the answer is a line of JSON for each thing, instead of one list. */
  readonly lines?: boolean;
  /** What is asked for, in words that finish "The engine could not …". */
  readonly operation: string;
  /** Until the last byte of the answer, in milliseconds. */
  readonly deadline: number;
  /** Breaks the connection off, whether there is an answer yet or not. */
  readonly signal?: AbortSignal;
}

/** The part of docker-modem that is used: it dials, and hands over the answer as a stream. */
interface Modem {
  dial(options: object, done: (error: unknown, answer: IncomingMessage | null) => void): void;
}

/** Sends one request and reads its answer. @throws EngineError */
export type EngineCall = <T>(request: EngineRequest<T>) => Promise<T>;
/** Sends one request and gives its answer as it comes. @throws EngineError */
export type EngineStream = (request: Unread) => Promise<IncomingMessage>;
type Unread = Omit<EngineRequest<unknown>, 'shape' | 'fromPodman'>;

/** More than any answer of an engine with thousands of containers. */
const LARGEST_ANSWER = 128 * 1024 * 1024;

/**
 * Opens dockerode, loaded only now because it costs tens of megabytes. Only its transport is used, and with a
 * deadline and a shape check around every call: by itself it may never settle when the engine dies in the
 * middle of an answer, and hands out half an answer as if it were whole.
 *
 * What only reads uses its connections again. What changes something has one of its own: on one that the engine
 * closed meanwhile, nobody could tell whether the change was made.
 */
export async function openEngineCalls(host: DockerHost): Promise<{ call: EngineCall; stream: EngineStream }> {
  const { default: Docker } = await import('dockerode');
  const open = async (keepAlive: boolean) => {
    const way = await wayTo(host, keepAlive);
    return withoutDockerHost(() => new Docker(way)).modem as Modem;
  };
  const [kept, once] = await Promise.all([open(true), open(false)]);

  const ask = async (request: Unread, signal: AbortSignal): Promise<IncomingMessage> => {
    if (request.method !== 'GET') return dial(once, request, host, signal);
    try {
      return await dial(kept, request, host, signal);
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'unknown' || signal.aborted) throw error;
      return dial(once, request, host, signal);
    }
  };
  const stream: EngineStream = request =>
    within(
      request.deadline,
      signal => dial(once, request, host, withOwn(signal, request)),
      () => late(request),
    );
  const call: EngineCall = request =>
    within(
      request.deadline,
      async signal => read(await ask(request, withOwn(signal, request)), request, host),
      () => late(request),
    );
  return { call, stream };
}

function withOwn(signal: AbortSignal, { signal: own }: Unread): AbortSignal {
  return unrendered(own === undefined ? signal : AbortSignal.any([signal, own]));
}

/** What docker-modem is told of the way; it knows only some of those that the docker command goes. */
async function wayTo(host: DockerHost, keepAlive: boolean): Promise<object> {
  const { socketPath, ssh, certificates, address, port } = host;
  if (socketPath !== undefined) return { socketPath, agent: unrendered(new Agent({ keepAlive })) };
  const at = { host: address, port };
  if (ssh !== undefined)
    return { protocol: 'http', ...at, agent: unrendered(new AgentOverSsh(ssh, keepAlive)) };
  if (certificates === undefined)
    return { protocol: 'http', ...at, agent: unrendered(new Agent({ keepAlive })) };
  const tls = { ...(await readCertificates(certificates)), rejectUnauthorized: true };
  return { protocol: 'https', ...at, agent: unrendered(new TlsAgent({ keepAlive, ...tls })) };
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
  return Object.defineProperty(part, inspect.custom, { value: () => part.constructor.name });
}

function late({ operation, deadline }: { operation: string; deadline: number }): EngineError {
  return unknownOutcome(operation, `no answer within ${Math.round(deadline / 1000)} s`);
}

function dial(
  modem: Modem,
  request: Unread,
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
    abortSignal: signal,
    statusCodes: Object.fromEntries(request.accept.map(status => [status, true])),
  };
  return new Promise((resolve, reject) => {
    modem.dial(options, (error, answer) => {
      if (error === null && answer !== null) resolve(answer);
      else reject(toEngineError(error, request.operation, host.shown));
    });
  });
}

async function read<T>(answer: IncomingMessage, request: EngineRequest<T>, host: DockerHost): Promise<T> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer) {
      size += (chunk as Buffer).length;
      if (size > LARGEST_ANSWER)
        throw new EngineError(
          'failed',
          `The engine's answer is too large when asked to ${request.operation}.`,
        );
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    throw toEngineError(error, request.operation, host.shown);
  }
  const text = Buffer.concat(chunks).toString();
  const shaped = shapeOf(request.shape, request.lines ? parseLines(text) : parseJson(text));
  if (!shaped.ok) throw unknownOutcome(request.operation, `its answer is not understood: ${shaped.problem}`);
  const { fromPodman = same } = request;
  return isPodman(answer.headers) ? fromPodman(shaped.value) : shaped.value;
}

function same<T>(value: T): T {
  return value;
}

function parseLines(text: string): unknown {
  return text.split('\n').flatMap(line => (line.trim() === '' ? [] : [parseJson(line)]));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
