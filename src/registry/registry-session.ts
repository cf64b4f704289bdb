import { type HttpAnswer, type HttpClient, isLoopback } from '../base/http.ts';
import type { Secrets } from '../base/secrets.ts';
import { type Challenge, parseChallenge } from './challenge.ts';
import { basicAuth, type Credentials } from './credentials.ts';
import { RegistryError } from './registry-error.ts';
import type { RegistryTransport } from './registry-transport.ts';
import { fetchToken } from './token.ts';

export interface SessionOptions {
  readonly transport: RegistryTransport;
  /** For the token service, which is another host. */
  readonly client: HttpClient;
  /** How the registry wanted to be asked last time, if that is known. */
  readonly challenge: Challenge | undefined;
  /** Called at most once. */
  readonly findCredentials: () => Promise<Credentials | undefined>;
  /** Gets to know every token. */
  readonly secrets: Secrets;
}

export interface ContentRequest {
  readonly method: 'HEAD' | 'GET';
  /** What is asked for; a manifest if left out. */
  readonly kind?: 'manifests' | 'blobs' | 'referrers';
  /** The repository's path. */
  readonly path: string;
  /** A tag or a digest. */
  readonly name: string;
  readonly accept: string;
  /** The most bytes of body that are read. */
  readonly limit: number;
}

/** Everything said to one registry in one run: its challenge and its tokens are learnt once. */
export interface RegistrySession {
  /** Any status is an answer. @throws RegistryError if there is none, or no token */
  send(request: ContentRequest): Promise<HttpAnswer>;
  challenge(): Challenge | undefined;
  /** Where the registry was found. */
  base(): URL;
}

export function openSession({
  transport,
  client,
  challenge: remembered,
  findCredentials,
  secrets,
}: SessionOptions): RegistrySession {
  const tokens = new Map<string, Promise<string>>();
  let challenge = remembered;
  let credentials: Promise<Credentials | undefined> | undefined;
  let first: Promise<HttpAnswer> | undefined;

  const knownCredentials = () => {
    credentials ??= findCredentials();
    return credentials;
  };

  const authorization = async (path: string): Promise<Record<string, string>> => {
    if (challenge === undefined || challenge.scheme === 'none') return {};
    const known = await knownCredentials();
    const registry = transport.base();
    if (challenge.scheme === 'basic') {
      return known !== undefined && 'username' in known && mayCarrySecrets(registry)
        ? { authorization: basicAuth(known) }
        : {};
    }
    const scope = `repository:${path}:pull`;
    const token = tokens.get(scope) ?? fetchToken(client, { challenge, scope, credentials: known, registry });
    tokens.set(scope, token);
    secrets.learn([await token]);
    return { authorization: `Bearer ${await token}` };
  };

  const learnFrom = (answer: HttpAnswer) => {
    challenge =
      answer.status === 401
        ? (parseChallenge(answer.header('www-authenticate') ?? '') ?? challenge)
        : (challenge ?? { scheme: 'none' });
  };

  /** Stored credentials mean that a challenge is to be expected: asking for it first spares a refused request. */
  const expectChallenge = async () => {
    if (challenge !== undefined || (await knownCredentials()) === undefined) return;
    learnFrom(await transport.send({ method: 'GET', path: '/v2/', headers: {}, limit: 64 * 1024 }));
  };

  const ask = async ({
    method,
    kind = 'manifests',
    path,
    name,
    accept,
    limit,
  }: ContentRequest): Promise<HttpAnswer> => {
    await expectChallenge();
    const attempt = (secret: Record<string, string>) =>
      transport.send({
        method,
        path: `/v2/${path}/${kind}/${name}`,
        headers: { ...secret, accept },
        limit,
      });
    const answer = await attempt(await authorization(path));
    learnFrom(answer);
    if (answer.status !== 401) return answer;
    // The first challenge, or a token that ran out: once more with what was learnt.
    tokens.clear();
    const secret = await authorization(path);
    return Object.keys(secret).length === 0 ? answer : attempt(secret);
  };

  return {
    challenge: () => challenge,
    base: () => transport.base(),
    // The first request goes alone: what it learns spares the others a failed attempt each, and a registry that
    // is down is waited for once, not once for every image.
    send: async request => {
      if (first !== undefined) {
        await first.catch(rethrowUnreachable);
        return ask(request);
      }
      first = ask(request);
      return first;
    },
  };
}

function rethrowUnreachable(error: unknown): void {
  if (error instanceof RegistryError && error.code === 'unreachable') throw error;
}

/** Basic credentials travel over TLS, or within this machine. */
function mayCarrySecrets(registry: URL): boolean {
  return registry.protocol === 'https:' || isLoopback(registry.hostname);
}
