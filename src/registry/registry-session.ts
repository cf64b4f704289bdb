import type { Clock } from '../base/clock.ts';
import type { HttpAnswer, HttpClient, Reach } from '../base/http.ts';
import type { Secrets } from '../base/secrets.ts';
import { type Challenge, parseChallenge } from './challenge.ts';
import { basicAuth, type Credentials } from './credentials.ts';
import { openLead } from './lead.ts';
import { openPace } from './pace.ts';
import { expectSame, reachOf } from './realm.ts';
import { RegistryError } from './registry-error.ts';
import { isOutOfSight, type RegistryTransport } from './registry-transport.ts';
import { openTokens } from './tokens.ts';

export interface SessionOptions {
  /** As it is called in references. */
  readonly registry: string;
  readonly transport: RegistryTransport;
  /** For the token service, which is another host. */
  readonly client: HttpClient;
  readonly clock: Clock;
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
  /**
   * Asks anew, without a secret, how a repository's image wants to be asked for: whoever is given credentials to pull with sends
   * them wherever that answer says. @throws RegistryError if that is not where they went before, or not safe
   */
  askForChallenge(path: string, name: string): Promise<Challenge>;
  /** Whether what is said to the registry is out of others' sight. */
  isPrivate(): boolean;
  /** Where the registry was found, and where it may send us. */
  place(): { readonly base: URL; readonly reach: Reach };
}

const LARGEST_WELCOME = 64 * 1024;

export function openSession(options: SessionOptions): RegistrySession {
  const { registry, transport, client, clock, secrets, findCredentials } = options;
  let challenge = options.challenge;
  let credentials: Promise<Credentials | undefined> | undefined;

  const knownCredentials = () => {
    credentials ??= findCredentials();
    return credentials;
  };
  const goAhead = openLead();
  const tokens = openTokens({ client, clock, secrets, pace: openPace(clock) });

  /** @param refused a token that the registry did not accept */
  const authorization = async (path: string, refused?: string): Promise<string | undefined> => {
    if (challenge === undefined || challenge.scheme === 'none' || !isPrivate()) return undefined;
    const known = await knownCredentials();
    if (challenge.scheme === 'basic')
      return known !== undefined && 'username' in known ? basicAuth(known) : undefined;
    const scope = `repository:${path}:pull`;
    const base = transport.base();
    const wanted = {
      challenge,
      scope,
      credentials: known,
      registry: base,
      reach: reachOf(base, transport.peer()),
    };
    return `Bearer ${await tokens.tokenFor(wanted, refused?.replace('Bearer ', ''))}`;
  };

  const learnFrom = (answer: HttpAnswer): Challenge | undefined => {
    const said = answer.status === 401 ? parseChallenge(answer.header('www-authenticate') ?? '') : undefined;
    if (said !== undefined) expectSame(registry, challenge, said);
    challenge = said ?? challenge ?? (answer.status === 401 ? undefined : { scheme: 'none' });
    return said;
  };

  const isPrivate = () => isOutOfSight(transport.base());
  const welcome = () => transport.send({ method: 'GET', path: '/v2/', headers: {}, limit: LARGEST_WELCOME });

  /** Stored credentials mean that a challenge is to be expected: asking for it first spares a refused request. */
  const expectChallenge = async () => {
    if (challenge !== undefined || (await knownCredentials()) === undefined) return;
    learnFrom(await welcome());
  };

  /** Some registries welcome everybody and ask for a login only where something is asked for. */
  const askOpenly = async (path: string, name: string): Promise<Challenge> => {
    const welcomed = learnFrom(await welcome());
    if (welcomed !== undefined) return welcomed;
    const request = { method: 'HEAD', path, name, accept: '*/*', limit: LARGEST_WELCOME } as const;
    const answer = await attempt(request, undefined);
    const said = learnFrom(answer);
    if (said !== undefined) return said;
    if (answer.status === 200) return { scheme: 'none' };
    const message = `${registry} does not say how it wants to be asked (HTTP ${answer.status}).`;
    throw new RegistryError('unreachable', message, { retryable: answer.status >= 500 });
  };

  const attempt = (
    { method, kind = 'manifests', path, name, accept, limit }: ContentRequest,
    secret: string | undefined,
  ) =>
    transport.send({
      method,
      path: `/v2/${path}/${kind}/${name}`,
      headers: { ...(secret !== undefined && { authorization: secret }), accept },
      limit,
    });

  const ask = async (request: ContentRequest): Promise<HttpAnswer> => {
    await expectChallenge();
    const secret = await authorization(request.path);
    const answer = await attempt(request, secret);
    learnFrom(answer);
    if (answer.status !== 401) return answer;
    // The first challenge, or a token that ran out: once more with what was learnt.
    const other = await authorization(request.path, secret);
    return other === undefined || other === secret ? answer : attempt(request, other);
  };

  return {
    challenge: () => challenge,
    isPrivate,
    place: () => ({ base: transport.base(), reach: reachOf(transport.base(), transport.peer()) }),
    askForChallenge: (path, name) =>
      goAhead(async () => {
        const said = await askOpenly(path, name);
        if (said.scheme === 'bearer') await authorization(path);
        return said;
      }),
    send: request => goAhead(() => ask(request)),
  };
}
