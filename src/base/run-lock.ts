import { createHash } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { cleanText } from './clean-text.ts';
import { systemCode } from './failure.ts';

/** Who holds a lock, as it says of itself. */
export interface LockHolder {
  readonly pid: number;
  /** What it is doing: "run", "recover". */
  readonly doing: string;
  /** When it took the lock, in milliseconds since 1970. */
  readonly since: number;
}

/** A lock that is held until released, or until the process dies. */
export interface Lock {
  release(): Promise<void>;
}

export type LockAttempt = { readonly lock: Lock } | { readonly heldBy: LockHolder | undefined };

/**
 * Takes the lock of that name, or says who holds it. The lock is a listening socket: the kernel hands it out
 * to one process only and takes it back when that process dies, however it dies, so none is ever left behind.
 * On Linux the name is abstract (no file at all); elsewhere it is a socket file in `folder`.
 *
 * @param folder a private folder of ours
 * @param name what is locked, any text
 */
export async function takeLock(folder: string, name: string, self: LockHolder): Promise<LockAttempt> {
  const address = addressOf(folder, name);
  // A second attempt is needed once at most: where a holder died, or left, between our two questions.
  for (let attempt = 0; attempt < 3; attempt++) {
    const server = await listen(address, self);
    if (server !== undefined) return { lock: { release: () => close(server) } };
    const answer = await askHolder(address);
    if (answer !== 'gone') return { heldBy: answer };
    if (!address.startsWith('\0')) await unlink(address).catch(() => undefined);
  }
  return { heldBy: undefined };
}

function addressOf(folder: string, name: string): string {
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 24);
  return process.platform === 'linux' ? `\0refreshd/${digest}` : join(folder, `lock-${digest}.sock`);
}

function listen(address: string, self: LockHolder): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer(socket => {
      socket.on('error', () => undefined);
      socket.end(`${JSON.stringify(self)}\n`);
    });
    server.once('error', error => {
      if (systemCode(error) === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => {
      server.unref();
      resolve(server);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve());
  });
}

/** The holder's own words; `gone` if nobody listens; undefined if it listens but does not say. */
function askHolder(address: string): Promise<LockHolder | 'gone' | undefined> {
  return new Promise(resolve => {
    let said = '';
    const socket = connect(address);
    socket.setTimeout(1000, () => socket.destroy());
    socket.on('data', chunk => {
      said += chunk.toString();
      if (said.length > 1000) socket.destroy();
    });
    socket.on('error', () => resolve('gone'));
    socket.on('close', () => resolve(parseHolder(said)));
  });
}

function parseHolder(said: string): LockHolder | undefined {
  try {
    const { pid, doing, since } = JSON.parse(said);
    return { pid: Number(pid), doing: cleanText(String(doing), 40), since: Number(since) };
  } catch {
    return undefined;
  }
}
