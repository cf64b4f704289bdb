import type { IncomingMessage } from 'node:http';
import { within } from '../base/deadline.ts';
import { shapeOf, type z } from '../base/shape.ts';
import { type Dialed, type Dialer, openDialer } from './dial.ts';
import type { DockerHost } from './docker-host.ts';
import { EngineError, toEngineError, unknownOutcome } from './engine-error.ts';
import { isPodman } from './podman.ts';

/** One request to the engine. */
export interface EngineRequest<T> extends Dialed {
  readonly shape: z.ZodType<T>;
  /** Puts an answer of Podman's into Docker's words. */
  readonly fromPodman?: (answer: T) => T | Promise<T>;
  /** Whether the answer is a line of JSON for each thing, instead of one list. */
  readonly lines?: boolean;
  /** Until the last byte of the answer, in milliseconds. */
  readonly deadline: number;
  /** Breaks the connection off, whether there is an answer yet or not. */
  readonly signal?: AbortSignal;
}

/** Sends one request and reads its answer. @throws EngineError */
export type EngineCall = <T>(request: EngineRequest<T>) => Promise<T>;
/** Sends one request and gives its answer as it comes. @throws EngineError */
export type EngineStream = (request: Unread) => Promise<IncomingMessage>;
type Unread = Omit<EngineRequest<unknown>, 'shape' | 'fromPodman'>;

/** More than any answer of an engine with thousands of containers. */
const LARGEST_ANSWER = 128 * 1024 * 1024;

/** The ways to ask an engine. */
export interface EngineCalls {
  /** Over a connection of its own, so that it always goes to the engine that the address leads to by now. */
  readonly call: EngineCall;
  readonly stream: EngineStream;
  /** For many questions at once, none of which changes anything: over few connections, until all are answered. */
  readonly manyReads: <T>(read: (call: EngineCall) => Promise<T>) => Promise<T>;
}

/**
 * Opens the ways to that engine. Around every call there is a deadline, and a check of the answer's shape: dockerode
 * by itself may never settle when the engine dies in the middle of an answer, and hands out half of one as if it were
 * whole.
 */
export async function openEngineCalls(host: DockerHost): Promise<EngineCalls> {
  const fresh = await openDialer(host);

  const stream: EngineStream = request =>
    within(
      request.deadline,
      signal => fresh.dial(request, withOwn(signal, request)),
      () => late(request),
    );
  const callBy =
    (dial: Dialer['dial']): EngineCall =>
    request =>
      within(
        request.deadline,
        async signal => read(await dial(request, withOwn(signal, request)), request, host),
        () => late(request),
      );
  const manyReads: EngineCalls['manyReads'] = async readAll => {
    const kept = await openDialer(host, { keepAlive: true });
    let isOpen = true;
    const dial: Dialer['dial'] = (request, signal) =>
      isOpen ? dialEither(kept, fresh, request, signal) : fresh.dial(request, signal);
    try {
      return await readAll(callBy(dial));
    } finally {
      isOpen = false;
      kept.close();
    }
  };
  return { call: callBy(fresh.dial), stream, manyReads };
}

/** A connection that was used before may have been closed meanwhile; what only reads may be asked again. */
async function dialEither(
  kept: Dialer,
  fresh: Dialer,
  ...asked: Parameters<Dialer['dial']>
): Promise<IncomingMessage> {
  const [, signal] = asked;
  try {
    return await kept.dial(...asked);
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'unknown' || signal.aborted) throw error;
    return fresh.dial(...asked);
  }
}

function withOwn(signal: AbortSignal, { signal: own }: Unread): AbortSignal {
  return own === undefined ? signal : AbortSignal.any([signal, own]);
}

function late({ operation, deadline }: { operation: string; deadline: number }): EngineError {
  return unknownOutcome(operation, `no answer within ${Math.round(deadline / 1000)} s`);
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
