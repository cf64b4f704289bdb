import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { until } from './lab.ts';
import type { PushTarget } from './publish.ts';
import { startTokenService, type TokenService } from './token-service.ts';

/** How a registry lets people in. */
export type Entrance = 'open' | 'htpasswd' | 'token';

/** Debian's own `docker-registry` (the reference implementation), on loopback. */
export interface DockerRegistry extends PushTarget {
  readonly tokens: TokenService | undefined;
  /** What it wrote into its access log: `HEAD /v2/app/manifests/latest 200`. */
  access(): readonly string[];
  close(): Promise<void>;
}

/** The one login that it knows, unless everybody may come in. */
export const LOGIN = { username: 'puller', password: 'pull-me' };
/** The password in bcrypt, which Node cannot make. */
const HTPASSWD = `${LOGIN.username}:$2b$04$abcdefghijklmnopqrstuu0p9SkNDkZ/KFchkzJXgN41PdOkskrQ2\n`;

/** @param folder where it keeps what it has; gone with whoever made it */
export async function startDockerRegistry(folder: string, entrance: Entrance): Promise<DockerRegistry> {
  mkdirSync(folder, { recursive: true });
  const host = `127.0.0.1:${await freePort()}`;
  const tokens = entrance === 'token' ? await startTokenService(folder, LOGIN) : undefined;
  writeFileSync(join(folder, 'htpasswd'), HTPASSWD);
  const auth = {
    open: undefined,
    htpasswd: { htpasswd: { realm: 'registry', path: join(folder, 'htpasswd') } },
    token: { token: tokens?.settings },
  }[entrance];
  const config = {
    version: '0.1',
    storage: { filesystem: { rootdirectory: join(folder, 'storage') } },
    http: { addr: host, secret: 'contract' },
    ...(auth && { auth }),
  };
  // JSON is YAML, too.
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(config));
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: 'pipe' });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      log += chunk;
    });
  await until('docker-registry listens', () => {
    if (child.exitCode !== null) throw new Error(`docker-registry ended: ${log}`);
    return answers(host);
  });
  const basic = `Basic ${Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64')}`;
  const authorization = { open: undefined, htpasswd: basic, token: tokens && `Bearer ${tokens.pushToken}` }[
    entrance
  ];
  return {
    host,
    tokens,
    ...(authorization !== undefined && { authorization }),
    access: () => [...log.matchAll(/"(\w+) (\S+) HTTP\/1\.1" (\d+)/g)].map(([, ...parts]) => parts.join(' ')),
    close: async () => {
      await Promise.all([endOf(child), tokens?.close()]);
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}

async function answers(host: string): Promise<boolean> {
  const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
  return answer?.headers.get('docker-distribution-api-version') === 'registry/2.0';
}

async function endOf(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close');
  child.kill();
  await ended;
}
