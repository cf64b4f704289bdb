import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DebianRegistry, startDebianRegistry } from './debian-registry.ts';
import type { PushTarget } from './publish.ts';
import { startTokenService, type TokenService } from './token-service.ts';

/** How a registry lets people in. */
export type Entrance = 'open' | 'htpasswd' | 'token';

/** Debian's own `docker-registry` (the reference implementation) behind one of its entrances. */
export interface DockerRegistry extends PushTarget, Pick<DebianRegistry, 'accessLog' | 'forget'> {
  readonly tokens: TokenService | undefined;
  close(): Promise<void>;
}

/** The one login that it knows, unless everybody may come in. */
export const LOGIN = { username: 'puller', password: 'pull-me' };
/** The password in bcrypt, which Node cannot make. */
const HTPASSWD = `${LOGIN.username}:$2b$04$abcdefghijklmnopqrstuu0p9SkNDkZ/KFchkzJXgN41PdOkskrQ2\n`;
const PUSH = ['app', 'team/app'].map(name => `repository:${name}:pull,push`);

/** @param folder where it keeps what it has; gone with whoever made it */
export async function startDockerRegistry(folder: string, entrance: Entrance): Promise<DockerRegistry> {
  mkdirSync(folder, { recursive: true });
  const login = `${LOGIN.username}:${LOGIN.password}`;
  const tokens =
    entrance === 'token'
      ? await startTokenService({ folder, logins: [login], isPrivate: () => true })
      : undefined;
  const path = join(folder, 'htpasswd');
  writeFileSync(path, HTPASSWD);
  const auth = entrance === 'htpasswd' ? { htpasswd: { realm: 'registry', path } } : tokens?.auth;
  const registry = await startDebianRegistry({ folder, ...(auth && { auth }) });
  const basic = `Basic ${Buffer.from(login).toString('base64')}`;
  const authorization = entrance === 'htpasswd' ? basic : tokens && `Bearer ${tokens.mint(...PUSH)}`;
  return {
    ...registry,
    tokens,
    ...(authorization !== undefined && { authorization }),
    close: async () => {
      await Promise.all([registry.stop(), tokens?.close()]);
    },
  };
}
