import { createHash, randomBytes } from 'node:crypto';
import { readlink, rename, symlink, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
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

/** A second attempt is needed where a holder died, or left, between our two questions. */
const ATTEMPTS = 3;
/** How long those who race for a dead holder's place get to show themselves, in milliseconds. */
const SETTLING = 150;
/** How long a holder gets to say who it is, in milliseconds. */
const PATIENCE = 1000;

/**
 * Takes the lock of that name, or says who holds it. The holder listens on a socket; when it dies, however it
 * dies, nobody answers there any more, so no lock is ever left behind.
 *
 * @param folder a private folder of ours
 * @param name what is locked, any text
 */
export async function takeLock(folder: string, name: string, self: LockHolder): Promise<LockAttempt> {
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 12);
  const isLinux = process.platform === 'linux';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const taken = isLinux
      ? await takeName(`\0refreshd/${digest}`, self)
      : await takeLink(join(folder, `lock-${digest}`), self);
    if (taken !== undefined) return taken;
  }
  return { heldBy: undefined };
}

/** Linux hands an abstract name out to one process only, and takes it back when that ends. There is no file. */
async function takeName(address: string, self: LockHolder): Promise<LockAttempt | undefined> {
  const server = await listen(address, self);
  if (server !== undefined) return { lock: { release: () => close(server) } };
  const answer = await askHolder(address);
  return answer === 'gone' ? undefined : { heldBy: answer };
}

/** Elsewhere a link can be made by one process only; it leads to the socket file of that process. */
async function takeLink(link: string, self: LockHolder): Promise<LockAttempt | undefined> {
  // Short, because the path of a socket may not have more than about a hundred characters.
  const socket = `${basename(link)}.${randomBytes(4).toString('hex')}.sock`;
  const folder = dirname(link);
  const server = await listen(join(folder, socket), self);
  const target = await linkTo(link, socket);
  if (server !== undefined && target === socket) {
    const release = async () => {
      if ((await targetOf(link)) === socket) await unlink(link).catch(() => undefined);
      await close(server);
    };
    return { lock: { release } };
  }
  if (server !== undefined) await close(server);
  if (target === undefined) return undefined;
  const answer = await askHolder(join(folder, target));
  if (answer !== 'gone') return { heldBy: answer };
  await removeDead(link, target);
  return undefined;
}

/** Makes the link if there is none. @returns what it leads to then */
async function linkTo(link: string, socket: string): Promise<string | undefined> {
  try {
    await symlink(socket, link);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return targetOf(link);
    throw error;
  }
  // Somebody who found an older, dead link may have removed ours in its place.
  await delay(SETTLING);
  return targetOf(link);
}

/** Removes the very link that leads to a dead holder: one that another made meanwhile is put back. */
async function removeDead(link: string, target: string): Promise<void> {
  const aside = `${link}.${randomBytes(8).toString('hex')}.dead`;
  await rename(link, aside).catch(() => undefined);
  if ((await targetOf(aside)) !== target) {
    await rename(aside, link).catch(() => undefined);
    return;
  }
  for (const left of [aside, join(dirname(link), target)]) await unlink(left).catch(() => undefined);
}

async function targetOf(link: string): Promise<string | undefined> {
  return readlink(link).catch(() => undefined);
}

function listen(address: string, self: LockHolder): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer(socket => {
      socket.on('error', () => undefined);
      // Nobody who asks may keep the door open, so it is not left to them to hang up.
      socket.end(`${JSON.stringify(self)}\n`, () => socket.destroy());
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
    const timer = setTimeout(() => socket.destroy(), PATIENCE);
    socket.on('data', chunk => {
      said += chunk.toString();
      if (said.length > 1000) socket.destroy();
    });
    socket.on('error', () => resolve('gone'));
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(parseHolder(said));
    });
  });
}

function parseHolder(said: string): LockHolder | undefined {
  try {
    const { pid, doing, since } = JSON.parse(said);
    // A stranger may listen there, who says what nobody can write down.
    if (!Number.isSafeInteger(pid) || Number.isNaN(new Date(Number(since)).getTime())) return undefined;
    return { pid, doing: cleanText(String(doing), 40), since: Number(since) };
  } catch {
    return undefined;
  }
}
