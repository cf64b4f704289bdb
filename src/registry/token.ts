import { type HttpClient, HttpFault, isLoopback } from '../base/http.ts';
import { shapeOfJson, z } from '../base/shape.ts';
import type { Challenge } from './challenge.ts';
import { basicAuth, type Credentials } from './credentials.ts';
import { RegistryError } from './registry-error.ts';

/** What can stand in a header, and in one of a usual size; it is written there as it is. */
const oneToken = z
  .string()
  .regex(/^[\x21-\x7e]*$/, 'it is not a token')
  .max(12 * 1024, 'it is too long for a header')
  .optional();
const tokenShape = z
  .looseObject({ token: oneToken, access_token: oneToken })
  .refine(answer => (answer.token ?? answer.access_token ?? '') !== '', 'it holds no token');

const PATIENCE = 20_000;
const LARGEST_TOKEN = 64 * 1024;

export interface TokenRequest {
  readonly challenge: Extract<Challenge, { scheme: 'bearer' }>;
  readonly scope: string;
  readonly credentials: Credentials | undefined;
  /** The registry that named the token service. */
  readonly registry: URL;
}

/**
 * Gets a bearer token (distribution spec, token authentication; with an identity token by OAuth 2). Credentials
 * go to the token service over TLS only, or within this machine.
 */
export async function fetchToken(client: HttpClient, request: TokenRequest): Promise<string> {
  const realm = realmOf(request);
  const answer = await ask(client, realm, request);
  if (answer.status === 401 || answer.status === 403) {
    throw new RegistryError(
      'denied',
      `${realm.host} refuses a token for ${request.registry.host} (HTTP ${answer.status}).`,
      {
        hint: `Log in with docker login ${request.registry.host} as the user that runs refreshd.`,
      },
    );
  }
  if (answer.status !== 200) {
    const isBusy = answer.status === 429;
    throw new RegistryError(
      isBusy ? 'rate-limited' : 'failed',
      `The token service ${realm.host} of ${request.registry.host} answered HTTP ${answer.status}.`,
      { retryable: isBusy || answer.status >= 500 },
    );
  }
  const read = shapeOfJson(tokenShape, answer.body.toString());
  if (!read.ok)
    throw new RegistryError(
      'garbage',
      `The token service ${realm.host} of ${request.registry.host} gave no token: ${read.problem}.`,
    );
  return read.value.token ?? read.value.access_token ?? '';
}

function realmOf({ challenge, registry }: TokenRequest): URL {
  const isUrl = URL.canParse(challenge.realm);
  const realm = isUrl ? new URL(challenge.realm) : undefined;
  const plainIsFine =
    realm?.protocol === 'http:' && isLoopback(realm.hostname) && isLoopback(registry.hostname);
  if (realm !== undefined && (realm.protocol === 'https:' || plainIsFine)) return realm;
  throw new RegistryError('garbage', `${registry.host} names a token service that is not safe to talk to.`, {
    hint: 'It must be an https address; nothing was sent to it.',
  });
}

async function ask(client: HttpClient, realm: URL, { challenge, scope, credentials }: TokenRequest) {
  const service = challenge.service ?? '';
  const common = { timeout: PATIENCE, limit: LARGEST_TOKEN } as const;
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
    const code = error.code === 'too-large' ? 'garbage' : 'unreachable';
    throw new RegistryError(code, `The token service cannot be used: ${error.message}`, {
      cause: error,
      retryable: error.retryable,
    });
  }
}
