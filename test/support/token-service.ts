import { sign } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { makeCertificate } from './certificate.ts';

/** A token service that a real registry believes (distribution spec, token authentication). */
export interface TokenService {
  /** What `auth.token` in the registry's configuration is. */
  readonly settings: object;
  /** Lets whoever has it do everything. */
  readonly pushToken: string;
  /** The scopes that tokens were given out for. */
  readonly scopes: string[];
  close(): Promise<void>;
}

const SERVICE = 'contract';
const ISSUER = 'contract-issuer';

/** @param folder where the registry finds the certificate that tokens are signed with */
export async function startTokenService(
  folder: string,
  login: { readonly username: string; readonly password: string },
): Promise<TokenService> {
  const { key, cert } = makeCertificate();
  const bundle = join(folder, 'tokens.pem');
  writeFileSync(bundle, cert);
  const x5c = [cert.replaceAll(/-----.*-----|\n/g, '')];
  const basic = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
  const scopes: string[] = [];

  const tokenFor = (access: readonly object[]): string => {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: ISSUER,
      sub: login.username,
      aud: SERVICE,
      exp: now + 600,
      nbf: now - 60,
      iat: now,
    };
    const parts = [
      { typ: 'JWT', alg: 'ES256', x5c },
      { ...claims, jti: '1', access },
    ];
    const text = parts.map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
    return `${text}.${signature.toString('base64url')}`;
  };

  const server = createServer(({ url, headers }, response) => {
    if (headers.authorization !== basic) return void response.writeHead(401).end();
    const { searchParams } = new URL(url ?? '', 'http://tokens');
    const scope = searchParams.get('scope') ?? '';
    scopes.push(scope);
    const [type, name, actions = ''] = scope.split(':');
    response.end(JSON.stringify({ token: tokenFor([{ type, name, actions: actions.split(',') }]) }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const all = ['app', 'team/app'].map(name => ({ type: 'repository', name, actions: ['pull', 'push'] }));
  return {
    scopes,
    pushToken: tokenFor(all),
    settings: {
      realm: `http://127.0.0.1:${port}/token`,
      service: SERVICE,
      issuer: ISSUER,
      rootcertbundle: bundle,
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
