import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Certificate } from './certificate.ts';

/** A line of the registry's own access log. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Who asked, as it calls itself; engines do, we do not. */
  readonly agent: string;
}

/** Debian's docker-registry, in a process of its own, on loopback. */
export interface DebianRegistry {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** What it logged since it began, or since the last call of `forget`. */
  accessLog(): readonly LoggedRequest[];
  forget(): void;
  stop(): Promise<void>;
}

export interface DebianRegistryOptions {
  /** Holds its data and its configuration. */
  readonly folder: string;
  /** As in its configuration: `htpasswd` or `token`. */
  readonly auth?: object;
  /** Its certificate, and the authority whose client certificates it wants, if any. */
  readonly tls?: Certificate & { readonly clientAuthority?: string };
}

/** What docker-registry writes for each request (Apache's combined log format). */
const LOGGED = /^\S+ - \S+ \[[^\]]+\] "(\S+) (\S+) HTTP\/[\d.]+" (\d+) \S+ "[^"]*" "([^"]*)"/;

export async function startDebianRegistry({
  folder,
  auth,
  tls,
}: DebianRegistryOptions): Promise<DebianRegistry> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const configFile = join(folder, 'config.json');
  const config = {
    version: '0.1',
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: `127.0.0.1:${port}`, secret: 'of-a-test', ...(tls && { tls: tlsFiles(folder, tls) }) },
    ...(auth && { auth }),
  };
  // What is JSON is YAML, too.
  writeFileSync(configFile, JSON.stringify(config));
  const child = spawn('docker-registry', ['serve', configFile], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let begin = 0;
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      said += chunk;
    });
  await untilListening(port, child, () => said);
  return {
    host: `127.0.0.1:${port}`,
    accessLog: () =>
      said
        .slice(begin)
        .split('\n')
        .flatMap(line => {
          const [, method = '', path = '', status, agent = ''] = LOGGED.exec(line) ?? [];
          return status === undefined ? [] : [{ method, path, status: Number(status), agent }];
        }),
    forget: () => {
      begin = said.length;
    },
    stop: async () => {
      if (child.exitCode !== null) return;
      const ended = new Promise(resolve => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function tlsFiles(folder: string, { cert, key, clientAuthority }: NonNullable<DebianRegistryOptions['tls']>) {
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  return {
    certificate: file('server.pem', cert),
    key: file('server-key.pem', key),
    ...(clientAuthority && { clientcas: [file('clients.pem', clientAuthority)] }),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}

async function untilListening(port: number, child: ChildProcess, said: () => string): Promise<void> {
  for (let attempt = 0; attempt < 300 && child.exitCode === null; attempt++) {
    if (await accepts(port)) return;
    await sleep(100);
  }
  throw new Error(`docker-registry did not start:\n${said()}`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
