import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** One call of the engine, as it passed by. */
export interface PassedCall {
  /** Its place among all calls, from 0. */
  readonly index: number;
  readonly method: string;
  /** Path with query. */
  readonly path: string;
}

/**
 * What happens to a call. `before`: the engine never sees it. `after`: the engine has done it, but whoever asked
 * does not learn so.
 * - `tell`: something else happens first (a process is killed, say); then nothing is answered any more
 * - `status`: an error of the engine
 * - `reset`: the connection breaks, after something else has happened (the engine died, say)
 * - `hang`: no answer ever comes
 * - `cut`: half of the answer comes, then the connection breaks
 * - `garbled`: a success, but with another body than the engine's
 * - `echo`: an error of the engine that repeats all it was sent, headers and body
 * - `dribble`: the answer comes one byte at a time
 * - `pass`: all goes well, only that something else happens first
 */
export type Fault =
  | { readonly kind: 'tell'; readonly when: 'before' | 'after'; readonly tell: () => void }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly message?: string;
      readonly when?: 'before' | 'after';
    }
  | { readonly kind: 'reset'; readonly when: 'before' | 'after'; readonly first?: () => Promise<void> }
  | { readonly kind: 'hang'; readonly when: 'before' | 'after' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'garbled'; readonly when: 'before' | 'after'; readonly body: string }
  | { readonly kind: 'echo'; readonly status: number }
  | { readonly kind: 'dribble' }
  | { readonly kind: 'pass'; readonly tell: () => void };

/** Slow enough that even the shortest answer runs into a deadline, in milliseconds a byte. */
const DRIBBLE = 150;

/** A door before the real engine's socket at which calls can be seen and spoilt. */
export interface EngineProxy {
  readonly socket: string;
  readonly calls: PassedCall[];
  /** Decides about each call; undefined lets all pass. */
  spoil: ((call: PassedCall) => Fault | undefined) | undefined;
  /** Sees each call that passed unspoilt, after the engine has done it and before its answer is passed on. */
  watch: ((call: PassedCall) => Promise<void>) | undefined;
  /** Ends the connections on which nothing is under way, as an engine does that is restarted. */
  closeIdle(): void;
  close(): Promise<void>;
}

/** Whether a call changes something on the engine. */
export function isChange({ method }: Pick<PassedCall, 'method'>): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

export async function startEngineProxy(engineSocket: string, socket: string): Promise<EngineProxy> {
  const calls: PassedCall[] = [];
  const proxy = { spoil: undefined as EngineProxy['spoil'], watch: undefined as EngineProxy['watch'] };
  const server = createServer((incoming, outgoing) => {
    const call = { index: calls.length, method: incoming.method ?? '', path: incoming.url ?? '' };
    calls.push(call);
    const fault = proxy.spoil?.(call);
    incoming.on('error', () => undefined);
    outgoing.on('error', () => undefined);
    const pass = async (answer: IncomingMessage) => {
      await proxy.watch?.(call);
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.pipe(outgoing);
    };
    if (fault?.kind === 'pass') fault.tell();
    if (fault === undefined || fault.kind === 'pass') {
      const call = forward(engineSocket, incoming, undefined, pass);
      // The engine must notice that nobody waits any longer: it ends a pull then.
      outgoing.on('close', () => call.destroy());
    } else {
      meet(fault, engineSocket, incoming, outgoing);
    }
  });
  await new Promise<void>(resolve => server.listen(socket, resolve));
  return Object.assign(proxy, {
    socket,
    calls,
    closeIdle: () => server.closeIdleConnections(),
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

/** What spoils a call. */
type Spoiling = Exclude<Fault, { kind: 'pass' }>;

function meet(
  fault: Spoiling,
  engineSocket: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): void {
  if (fault.kind === 'dribble') {
    forward(engineSocket, incoming, outgoing, async answer => dribble(await bytesOf(answer), outgoing));
  } else if (fault.kind === 'echo') {
    void bytesOf(incoming).then(body => {
      const message = `bad request: ${JSON.stringify(incoming.headers)} ${body}`;
      outgoing.writeHead(fault.status, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify({ message }));
    });
  } else if (fault.kind === 'cut') {
    forward(engineSocket, incoming, outgoing, async answer => {
      const body = await bytesOf(answer);
      outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => incoming.socket.destroy());
    });
  } else if (fault.when === 'after') {
    forward(engineSocket, incoming, undefined, async answer => {
      await bytesOf(answer);
      await answerWith(fault, incoming, outgoing);
    });
  } else {
    incoming.resume();
    void answerWith(fault, incoming, outgoing);
  }
}

async function dribble(body: Buffer, outgoing: ServerResponse): Promise<void> {
  for (const [at] of body.entries()) {
    await sleep(DRIBBLE);
    if (outgoing.destroyed) return;
    outgoing.write(body.subarray(at, at + 1));
  }
  outgoing.end();
}

/** What comes instead of the engine's own answer. */
async function answerWith(
  fault: Exclude<Spoiling, { kind: 'cut' | 'dribble' | 'echo' }>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  if (fault.kind === 'tell') fault.tell();
  if (fault.kind === 'reset') {
    await fault.first?.();
    incoming.socket.destroy();
  }
  if (fault.kind === 'garbled') outgoing.writeHead(200, { 'content-type': 'text/html' }).end(fault.body);
  if (fault.kind === 'status') {
    outgoing
      .writeHead(fault.status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ message: fault.message ?? 'spoilt by a test' }));
  }
}

function forward(
  engineSocket: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse | undefined,
  onAnswer: (answer: IncomingMessage) => void,
): ClientRequest {
  const { method, url: path, headers } = incoming;
  // A connection of its own: one that was kept could be closed by the engine just as it is used again.
  const call = request({ socketPath: engineSocket, method, path, headers, agent: false }, answer => {
    outgoing?.writeHead(answer.statusCode ?? 502, answer.headers);
    outgoing?.flushHeaders();
    onAnswer(answer);
  });
  call.on('error', () => incoming.socket.destroy());
  // In one piece: the engine answers as soon as it has understood, and then takes no more.
  void bytesOf(incoming).then(
    body => call.end(body),
    () => call.destroy(),
  );
  return call;
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
