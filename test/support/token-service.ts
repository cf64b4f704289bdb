import { randomBytes, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { makeCertificate } from './certificate.ts';

/** One question for a token. */
export interface TokenQuestion {
  readonly method: string;
  readonly scope: string;
  /** What the question showed: a login in basic authentication, a refresh token, or nothing. */
  readonly login: string | undefined;
  readonly status: number;
}

/** A token service on loopback whose tokens docker-registry accepts (distribution spec, token authentication). */
export interface TokenService {
  /** For docker-registry's configuration. */
  readonly auth: object;
  readonly questions: TokenQuestion[];
  /** A token for whoever asks in this process. @param scopes as in `repository:a/b:pull,push` */
  mint(...scopes: readonly string[]): string;
  close(): Promise<void>;
}

export interface TokenServiceOptions {
  /** For the certificate that docker-registry verifies tokens with. */
  readonly folder: string;
  /** Logins that open what is private: `name:password`. */
  readonly logins?: readonly string[];
  /** What is private; what begins with `private/`, if left out. */
  readonly isPrivate?: (scope: string) => boolean;
  readonly refreshTokens?: readonly string[];
  /** What its tokens live, in seconds. */
  readonly life?: number;
}

const SERVICE = 'registry.of.a.test';
const ISSUER = 'issuer.of.a.test';

export async function startTokenService({
  folder,
  logins = [],
  isPrivate = scope => scope.includes(':private/'),
  refreshTokens = [],
  life = 300,
}: TokenServiceOptions): Promise<TokenService> {
  const { cert, key } = makeCertificate();
  const rootcertbundle = join(folder, `token-service-${randomBytes(4).toString('hex')}.pem`);
  writeFileSync(rootcertbundle, cert);
  const x5c = [cert.replace(/-----[^-]+-----|\s/g, '')];

  const mint = (...scopes: readonly string[]): string => {
    const now = Math.floor(Date.now() / 1000);
    const access = scopes.map(scope => {
      const [type, name, actions = ''] = scope.split(':');
      return { type, name, actions: actions.split(',') };
    });
    const claims = { iss: ISSUER, sub: 'test', aud: SERVICE, nbf: now - 10, iat: now, exp: now + life };
    const parts = [
      { typ: 'JWT', alg: 'ES256', x5c },
      { ...claims, jti: randomBytes(8).toString('hex'), access },
    ];
    const text = parts.map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
    return `${text}.${signature.toString('base64url')}`;
  };

  const questions: TokenQuestion[] = [];
  const server = createServer(async (request, response) => {
    const { scope, login } = await read(request);
    const isKnown = login !== undefined && [...logins, ...refreshTokens].includes(login);
    const isFine = login === undefined ? !isPrivate(scope) : isKnown;
    const status = isFine ? 200 : 401;
    questions.push({ method: request.method ?? '', scope, login, status });
    const token = isFine ? { token: mint(scope), expires_in: life, issued_at: new Date().toISOString() } : {};
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(token));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const realm = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  return {
    auth: { token: { realm, service: SERVICE, issuer: ISSUER, rootcertbundle } },
    questions,
    mint,
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function read(request: IncomingMessage): Promise<{ scope: string; login: string | undefined }> {
  const form = new URLSearchParams((await request.toArray()).join(''));
  const { searchParams } = new URL(request.url ?? '/', 'http://service');
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  return {
    scope: searchParams.get('scope') ?? form.get('scope') ?? '',
    login: form.get('refresh_token') ?? (basic && Buffer.from(basic, 'base64').toString()),
  };
}
