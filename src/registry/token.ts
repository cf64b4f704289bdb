import type { Clock } from '../base/clock.ts';
import { type HttpAnswer, type HttpClient, HttpFault, type Reach } from '../base/http.ts';
import { shapeOfJson, z } from '../base/shape.ts';
import type { Challenge } from './challenge.ts';
import { basicAuth, type Credentials } from './credentials.ts';
import type { Pace } from './pace.ts';
import { safeRealm, unsafeRealm } from './realm.ts';
import { redirectTarget } from './redirect-target.ts';
import { RegistryError } from './registry-error.ts';

/** What a registry lets us in with for a while. */
export interface Token {
  readonly value: string;
  /** When it is no longer worth sending, by `Clock.elapsed`. */
  readonly until: number;
}

/** What can stand in a header, and in one of a usual size; it is written there as it is. */
const oneToken = z
  .string()
  .regex(/^[\x21-\x7e]*$/, 'it is not a token')
  .max(12 * 1024, 'it is too long for a header')
  .optional();
const tokenShape = z
  .looseObject({
    token: oneToken,
    access_token: oneToken,
    expires_in: z.number().optional().catch(undefined),
    issued_at: z.string().optional().catch(undefined),
  })
  .refine(answer => (answer.token ?? answer.access_token ?? '') !== '', 'it holds no token');

const PATIENCE = 20_000;
const LARGEST_TOKEN = 64 * 1024;
/** What a token lives, in milliseconds, where nothing (or less) is said: distribution spec, token authentication. */
const SHORTEST_LIFE = 60_000;
/** So long before its end a token is not sent any more: it has to arrive, too. */
const MARGIN = 5_000;

export interface TokenRequest {
  readonly challenge: Extract<Challenge, { scheme: 'bearer' }>;
  readonly scope: string;
  readonly credentials: Credentials | undefined;
  /** The registry that named the token service. */
  readonly registry: URL;
  /** Where the token service may be. */
  readonly reach: Reach;
  readonly clock: Clock;
  /** The token service's own. */
  readonly pace: Pace;
}

/**
 * Gets a bearer token (distribution spec, token authentication; with an identity token by OAuth 2). Credentials
 * go to the token service over TLS only, or within this machine, and along no redirect.
 */
export async function fetchToken(client: HttpClient, request: TokenRequest): Promise<Token> {
  const realm = safeRealm(request.challenge.realm, request.registry);
  const answer = await request.pace.keep(() => ask(client, realm, request));
  if (answer.status !== 200) throw refusal(answer, realm, request);
  const read = shapeOfJson(tokenShape, answer.body.toString());
  if (!read.ok)
    throw new RegistryError('garbage', `${serviceOf(realm, request)} gave no token: ${read.problem}.`);
  const { token, access_token, expires_in, issued_at } = read.value;
  const left = lifeLeft(expires_in, issued_at, request.clock.now());
  return { value: token ?? access_token ?? '', until: request.clock.elapsed() + left - MARGIN };
}

/** A token may be older than the answer. One that would be dead already only shows that the clocks disagree. */
function lifeLeft(seconds = 0, issuedAt = '', now: number): number {
  const life = Math.max(seconds * 1000, SHORTEST_LIFE);
  const age = now - Date.parse(issuedAt);
  return age > 0 && age < life ? life - age : life;
}

function refusal({ status, header }: HttpAnswer, realm: URL, request: TokenRequest): RegistryError {
  const { host } = request.registry;
  if (status === 401 || status === 403) {
    return new RegistryError('denied', `${realm.host} refuses a token for ${host} (HTTP ${status}).`, {
      hint: `Log in with docker login ${host} as the user that runs refreshd.`,
    });
  }
  const service = serviceOf(realm, request);
  if (status === 429) {
    return new RegistryError('rate-limited', `${service} says it was asked too often (HTTP 429).`, {
      hint: 'It is tried again at the next run.',
      retryable: true,
    });
  }
  const target = redirectTarget(status, header('location'), realm);
  const said = target === undefined ? `answered HTTP ${status}` : `redirects to ${target} (HTTP ${status})`;
  return new RegistryError('failed', `${service} ${said}.`, {
    hint: target === undefined ? '' : 'Redirects are not followed; nothing was sent there.',
    retryable: status >= 500,
  });
}

function serviceOf(realm: URL, { registry }: TokenRequest): string {
  return `The token service ${realm.host} of ${registry.host}`;
}

async function ask(client: HttpClient, realm: URL, request: TokenRequest): Promise<HttpAnswer> {
  const { challenge, scope, credentials, reach } = request;
  const service = challenge.service ?? '';
  const common = { timeout: PATIENCE, limit: LARGEST_TOKEN, reach } as const;
  try {
    if (credentials !== undefined && 'identityToken' in credentials) {
      const form = {
        grant_type: 'refresh_token',
        client_id: 'refreshd',
        service,
        scope,
        refresh_token: credentials.identityToken,
      };
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      return await client.send({
        ...common,
        method: 'POST',
        url: realm,
        headers,
        body: new URLSearchParams(form).toString(),
      });
    }
    const url = new URL(realm);
    if (service !== '') url.searchParams.set('service', service);
    url.searchParams.set('scope', scope);
    return await client.send({
      ...common,
      method: 'GET',
      url,
      ...(credentials !== undefined && { headers: { authorization: basicAuth(credentials) } }),
    });
  } catch (error) {
    if (!(error instanceof HttpFault)) throw error;
    throw noAnswer(error, request);
  }
}

function noAnswer(fault: HttpFault, { registry }: TokenRequest): RegistryError {
  if (fault.code === 'out-of-bounds')
    return unsafeRealm(registry, `${fault.message.replace(/\.$/, '')}; nothing was sent to it.`, fault);
  const code = fault.code === 'too-large' ? 'garbage' : 'unreachable';
  return new RegistryError(code, `The token service cannot be used: ${fault.message}`, {
    cause: fault,
    retryable: fault.retryable,
  });
}
