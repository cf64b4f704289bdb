import { describe, expect, it } from 'vitest';
import { openSecrets } from '../../../src/base/secrets.ts';
import type { Challenge } from '../../../src/registry/challenge.ts';
import type { Credentials } from '../../../src/registry/credentials.ts';
import { RegistryError } from '../../../src/registry/registry-error.ts';
import { openSession } from '../../../src/registry/registry-session.ts';
import type { TransportRequest } from '../../../src/registry/registry-transport.ts';
import { settled } from '../../support/hand-clock.ts';
import { httpAnswer, type ShortAnswer, scriptedHttp } from '../../support/scripted-http.ts';

const LOGIN = { username: 'me', password: 'pw' };
const BASIC = `Basic ${Buffer.from('me:pw').toString('base64')}`;
const BEARER: Challenge = { scheme: 'bearer', realm: 'https://auth.test/token', service: 's' };
const WANTS_BEARER: ShortAnswer = {
  status: 401,
  headers: { 'www-authenticate': 'Bearer realm="https://auth.test/token",service="s"' },
};
const WANTS_BASIC: ShortAnswer = { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } };
const OK: ShortAnswer = { status: 200 };

interface Case {
  readonly challenge?: Challenge;
  readonly credentials?: Credentials;
  readonly base?: string;
  /** What the registry answers; without it, `OK` if anything is said for authorization. */
  readonly registry?: (request: TransportRequest, index: number) => ShortAnswer | Promise<ShortAnswer>;
}

/** A session, and in one list what it said to the registry and to the token service. */
function session({ challenge, credentials, base = 'https://registry.test', registry }: Case = {}) {
  const said: string[] = [];
  let looked = 0;
  let requests = 0;
  const client = scriptedHttp(({ url, headers }, index) => {
    said.push(`token ${url.searchParams.get('scope')} ${headers?.['authorization'] ?? 'without login'}`);
    return { status: 200, body: JSON.stringify({ token: `token-${index + 1}` }) };
  });
  const secrets = openSecrets();
  const opened = openSession({
    client,
    secrets,
    challenge,
    findCredentials: async () => {
      looked += 1;
      return credentials;
    },
    transport: {
      base: () => new URL(base),
      send: async request => {
        const { method, path, headers } = request;
        said.push(`${method} ${path} ${headers['authorization'] ?? '-'}`);
        return httpAnswer((await registry?.(request, requests++)) ?? OK);
      },
    },
  });
  const send = (name = 'latest', path = 'a') =>
    opened.send({ method: 'HEAD', path, name, accept: 'types', limit: 1 }).then(({ status }) => status);
  return { send, said, secrets, challenge: opened.challenge, looked: () => looked };
}

const wants = (challenge: ShortAnswer) => (request: TransportRequest) =>
  request.headers['authorization'] === undefined ? challenge : OK;

describe('a registry that wants nothing', () => {
  it('is asked once, and known to want nothing', async () => {
    const one = session();
    expect(await one.send()).toBe(200);
    expect(one.said).toEqual(['HEAD /v2/a/manifests/latest -']);
    expect(one.challenge()).toEqual({ scheme: 'none' });
  });

  it('is sent no login, even if there is one', async () => {
    const one = session({ credentials: LOGIN });
    await one.send();
    await one.send('v2');
    expect(one.said).toEqual(['GET /v2/ -', 'HEAD /v2/a/manifests/latest -', 'HEAD /v2/a/manifests/v2 -']);
    expect(one.looked()).toBe(1);
  });
});

describe('a registry that wants a token', () => {
  it('is refused once, then given one', async () => {
    const one = session({ registry: wants(WANTS_BEARER) });
    expect(await one.send()).toBe(200);
    expect(one.said).toEqual([
      'HEAD /v2/a/manifests/latest -',
      'token repository:a:pull without login',
      'HEAD /v2/a/manifests/latest Bearer token-1',
    ]);
    expect(one.challenge()).toEqual(BEARER);
  });

  it('is given one at once if that was remembered, one for each repository', async () => {
    const one = session({ challenge: BEARER, registry: wants(WANTS_BEARER) });
    for (const [name, path] of [
      ['v1', 'a'],
      ['v2', 'a'],
      ['v1', 'b/c'],
    ])
      await one.send(name, path);
    expect(one.said).toEqual([
      'token repository:a:pull without login',
      'HEAD /v2/a/manifests/v1 Bearer token-1',
      'HEAD /v2/a/manifests/v2 Bearer token-1',
      'token repository:b/c:pull without login',
      'HEAD /v2/b/c/manifests/v1 Bearer token-2',
    ]);
  });

  it('is asked what it wants first, where there is a login', async () => {
    const one = session({ credentials: LOGIN, registry: wants(WANTS_BEARER) });
    await one.send();
    expect(one.said).toEqual([
      'GET /v2/ -',
      `token repository:a:pull ${BASIC}`,
      'HEAD /v2/a/manifests/latest Bearer token-1',
    ]);
    expect(one.looked()).toBe(1);
  });

  it('gets another token, once, when one has run out', async () => {
    const expired = (runsOut: readonly string[]) => (request: TransportRequest) =>
      runsOut.includes(request.headers['authorization'] ?? '') ? WANTS_BEARER : OK;
    const one = session({ challenge: BEARER, registry: expired(['Bearer token-1']) });
    expect(await one.send()).toBe(200);
    expect(one.said.slice(2)).toEqual([
      'token repository:a:pull without login',
      'HEAD /v2/a/manifests/latest Bearer token-2',
    ]);
    const other = session({ challenge: BEARER, registry: expired(['Bearer token-1', 'Bearer token-2']) });
    expect(await other.send()).toBe(401);
    expect(other.said).toHaveLength(4);
  });

  it('is followed where it moves its token service', async () => {
    const one = session({
      challenge: { ...BEARER, realm: 'https://old.test/' },
      registry: (_, index) => (index === 0 ? WANTS_BEARER : OK),
    });
    expect(await one.send()).toBe(200);
    expect(one.challenge()).toEqual(BEARER);
  });
});

describe('a registry that wants a login', () => {
  it('is given it over TLS', async () => {
    const one = session({ credentials: LOGIN, registry: wants(WANTS_BASIC) });
    expect(await one.send()).toBe(200);
    expect(one.said).toEqual(['GET /v2/ -', `HEAD /v2/a/manifests/latest ${BASIC}`]);
  });

  it('is given it within this machine', async () => {
    const one = session({ credentials: LOGIN, registry: wants(WANTS_BASIC), base: 'http://127.0.0.1:5000' });
    expect(await one.send()).toBe(200);
  });

  it.each<[string, Case]>([
    ['there is none', {}],
    ['it would travel in clear', { credentials: LOGIN, base: 'http://registry.test' }],
    ['there is an identity token only', { credentials: { identityToken: 'i' } }],
  ])('is given nothing where %s', async (_, of) => {
    const one = session({ ...of, challenge: { scheme: 'basic' }, registry: wants(WANTS_BASIC) });
    expect(await one.send()).toBe(401);
    expect(one.said).toEqual(['HEAD /v2/a/manifests/latest -']);
  });
});

describe('a registry that refuses without saying what it wants', () => {
  it('is not asked again', async () => {
    const one = session({ registry: () => ({ status: 401 }) });
    expect(await one.send()).toBe(401);
    expect(one.said).toEqual(['HEAD /v2/a/manifests/latest -']);
    expect(one.challenge()).toBeUndefined();
  });
});

describe('several questions at once', () => {
  it('let the first learn for all', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>(resolve => {
      open = resolve;
    });
    const one = session({
      registry: async (request, index) => {
        if (index === 0) await gate;
        return wants(WANTS_BEARER)(request);
      },
    });
    const all = Promise.all([one.send('v1'), one.send('v2'), one.send('v3')]);
    await settled();
    expect(one.said).toEqual(['HEAD /v2/a/manifests/v1 -']);
    open();
    expect(await all).toEqual([200, 200, 200]);
    expect(one.said.slice(1).toSorted()).toEqual([
      'HEAD /v2/a/manifests/v1 Bearer token-1',
      'HEAD /v2/a/manifests/v2 Bearer token-1',
      'HEAD /v2/a/manifests/v3 Bearer token-1',
      'token repository:a:pull without login',
    ]);
  });

  it('wait once for a registry that is down', async () => {
    const down = new RegistryError('unreachable', 'down');
    const one = session({ registry: () => Promise.reject(down) });
    const results = await Promise.allSettled([one.send('v1'), one.send('v2'), one.send('v3')]);
    expect(results.map(result => 'reason' in result && result.reason)).toEqual([down, down, down]);
    expect(one.said).toHaveLength(1);
  });

  it('are asked all the same where the first failed otherwise', async () => {
    const garbled = new RegistryError('garbage', 'no');
    const one = session({ registry: (_, index) => (index === 0 ? Promise.reject(garbled) : OK) });
    const [first, second] = await Promise.allSettled([one.send('v1'), one.send('v2')]);
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
  });
});

it('keeps its tokens to itself', async () => {
  const one = session({ challenge: BEARER });
  await one.send();
  expect(one.secrets.redact('you sent Bearer token-1')).toBe('you sent Bearer ***');
});
