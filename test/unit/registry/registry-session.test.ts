import { describe, expect, it } from 'vitest';
import { HttpFault } from '../../../src/base/http.ts';
import { openSecrets } from '../../../src/base/secrets.ts';
import type { Challenge } from '../../../src/registry/challenge.ts';
import type { Credentials } from '../../../src/registry/credentials.ts';
import { RegistryError } from '../../../src/registry/registry-error.ts';
import { openSession } from '../../../src/registry/registry-session.ts';
import type { TransportRequest } from '../../../src/registry/registry-transport.ts';
import { handClock, settled } from '../../support/hand-clock.ts';
import { httpAnswer, type ShortAnswer, scriptedHttp } from '../../support/scripted-http.ts';

const LOGIN = { username: 'me', password: 'pw' };
const BASIC = `Basic ${Buffer.from('me:pw').toString('base64')}`;
const BEARER: Challenge = { scheme: 'bearer', realm: 'https://auth.test/token', service: 's' };
const WANTS_BEARER: ShortAnswer = {
  status: 401,
  headers: { 'www-authenticate': 'Bearer realm="https://auth.test/token",service="s"' },
};
const MOVED: ShortAnswer = {
  status: 401,
  headers: { 'www-authenticate': 'Bearer realm="https://evil.test/token"' },
};
const WANTS_BASIC: ShortAnswer = { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } };
const OK: ShortAnswer = { status: 200 };

interface Case {
  readonly challenge?: Challenge;
  readonly credentials?: Credentials;
  readonly base?: string;
  /** The registry's address. */
  readonly peer?: string;
  /** What its tokens live, in seconds. */
  readonly life?: number;
  /** What its token service answers instead of tokens. */
  readonly tokens?: (index: number) => HttpFault | undefined;
  /** What the registry answers; without it, `OK` if anything is said for authorization. */
  readonly registry?: (request: TransportRequest, index: number) => ShortAnswer | Promise<ShortAnswer>;
}

/** A session, and in one list what it said to the registry and to the token service. */
function session({
  challenge,
  credentials,
  base = 'https://registry.test',
  peer,
  registry,
  life = 60,
  tokens,
}: Case = {}) {
  const said: string[] = [];
  let looked = 0;
  let requests = 0;
  const reaches: unknown[] = [];
  const client = scriptedHttp(({ url, headers, reach }, index) => {
    reaches.push(reach);
    said.push(`token ${url.searchParams.get('scope')} ${headers?.['authorization'] ?? 'without login'}`);
    return (
      tokens?.(index) ?? {
        status: 200,
        body: JSON.stringify({ token: `token-${index + 1}`, expires_in: life }),
      }
    );
  });
  const secrets = openSecrets();
  const clock = handClock();
  const opened = openSession({
    registry: 'registry.test',
    clock,
    client,
    secrets,
    challenge,
    findCredentials: async () => {
      looked += 1;
      return credentials;
    },
    transport: {
      base: () => new URL(base),
      peer: () => peer,
      send: async request => {
        const { method, path, headers } = request;
        said.push(`${method} ${path} ${headers['authorization'] ?? '-'}`);
        return httpAnswer((await registry?.(request, requests++)) ?? OK);
      },
    },
  });
  const send = (name = 'latest', path = 'a') =>
    opened.send({ method: 'HEAD', path, name, accept: 'types', limit: 1 }).then(({ status }) => status);
  return { ...opened, send, said, secrets, clock, reaches, looked: () => looked };
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

  it('gets another token for that repository alone', async () => {
    const one = session({
      challenge: BEARER,
      registry: ({ headers }) =>
        headers['authorization'] === 'Bearer token-1' && one.said.length > 4 ? WANTS_BEARER : OK,
    });
    for (const path of ['a', 'b', 'a', 'b']) await one.send('latest', path);
    expect(one.said.slice(4)).toEqual([
      'HEAD /v2/a/manifests/latest Bearer token-1',
      'token repository:a:pull without login',
      'HEAD /v2/a/manifests/latest Bearer token-3',
      'HEAD /v2/b/manifests/latest Bearer token-2',
    ]);
  });

  it('gets another token before one runs out, without being asked', async () => {
    const one = session({ challenge: BEARER, life: 120 });
    await one.send();
    await one.clock.advance(114_000);
    await one.send();
    await one.clock.advance(2000);
    await one.send();
    expect(one.said.map(each => each.replace(/.*(token-\d|token r).*/, '$1'))).toEqual([
      'token r',
      'token-1',
      'token-1',
      'token r',
      'token-2',
    ]);
  });

  it('is asked for one new token where many find theirs refused at once', async () => {
    let isGood = true;
    const one = session({
      challenge: BEARER,
      registry: ({ headers }) =>
        headers['authorization'] === 'Bearer token-1' && !isGood ? WANTS_BEARER : OK,
    });
    await one.send();
    isGood = false;
    const names = Array.from({ length: 10 }, (_, index) => `v${index}`);
    expect(new Set(await Promise.all(names.map(name => one.send(name))))).toEqual(new Set([200]));
    expect(one.said.filter(each => each.startsWith('token'))).toHaveLength(2);
  });

  it('waits once for a token service that is not there', async () => {
    const gone = new HttpFault('refused', 'auth.test refuses.');
    const one = session({ challenge: BEARER, tokens: index => (index > 0 ? gone : undefined) });
    expect(await one.send('latest', 'a')).toBe(200);
    for (const path of ['b', 'c', 'd'])
      await expect(one.send('latest', path)).rejects.toMatchObject({ code: 'unreachable' });
    expect(one.said.filter(each => each.startsWith('token'))).toEqual([
      'token repository:a:pull without login',
      'token repository:b:pull without login',
    ]);
    expect(await one.send('v2', 'a'), 'with the token that there is').toBe(200);
  });

  it.each([
    ['https://registry.test', '192.0.2.1', 'public'],
    ['https://registry.test', '10.0.0.7', 'inside'],
    ['https://registry.test', '::1', 'inside'],
    ['https://registry.test', '169.254.1.1', 'anywhere'],
    // Behind a proxy.
    ['https://registry.test', undefined, 'public'],
    ['https://10.0.0.7', undefined, 'inside'],
    ['http://localhost:5000', undefined, 'inside'],
  ])('at %s (%s) has its token service %s', async (base, peer, reach) => {
    const realm = base.startsWith('http:') ? 'http://127.0.0.1/token' : BEARER.realm;
    const one = session({ challenge: { ...BEARER, realm }, base, ...(peer && { peer }) });
    await one.send();
    expect(one.reaches).toEqual([reach]);
  });
});

describe('a registry that moves its token service', () => {
  const LEARNT = { ...BEARER, realm: 'https://old.test/token' };

  it.each([undefined, LOGIN])('is refused, and nothing is sent there (%#)', async credentials => {
    const one = session({
      challenge: LEARNT,
      registry: () => WANTS_BEARER,
      ...(credentials && { credentials }),
    });
    await expect(one.send()).rejects.toMatchObject({
      name: 'RegistryError',
      code: 'untrusted',
      message: 'registry.test had its logins checked by old.test so far, and now names auth.test.',
      hint: 'Nothing was sent there. If the change is right, remove "registry.test" from state/registries.json.',
    });
    expect(one.challenge()).toEqual(LEARNT);
    expect(one.said.map(each => each.split(' ')[0])).toEqual(['token', 'HEAD']);
  });

  it('is refused where it wants the password itself', async () => {
    const one = session({ challenge: LEARNT, credentials: LOGIN, registry: () => WANTS_BASIC });
    await expect(one.send()).rejects.toMatchObject({
      code: 'untrusted',
      message: 'registry.test had its logins checked by old.test so far, and now wants the password itself.',
    });
    expect(one.said.at(-1)).toBe('HEAD /v2/a/manifests/latest Bearer token-1');
  });

  it('is refused within one run, too', async () => {
    const one = session({
      registry: (_, index) => (index === 0 ? WANTS_BEARER : index === 1 ? OK : MOVED),
    });
    expect(await one.send()).toBe(200);
    await expect(one.send()).rejects.toMatchObject({ code: 'untrusted' });
    expect(one.said.filter(each => each.startsWith('token'))).toHaveLength(1);
  });

  it('is followed on the same host', async () => {
    const one = session({
      challenge: { ...BEARER, realm: 'https://auth.test/old' },
      registry: (_, index) => (index === 0 ? WANTS_BEARER : OK),
    });
    expect(await one.send()).toBe(200);
    expect(one.challenge()).toEqual(BEARER);
  });
});

describe('before credentials are handed on', () => {
  it('the registry is asked anew, without a secret, and its token service tried', async () => {
    const one = session({ challenge: BEARER, credentials: LOGIN, registry: wants(WANTS_BEARER) });
    expect(await one.askForChallenge('a', 'v1')).toEqual(BEARER);
    expect(one.said).toEqual(['GET /v2/ -', `token repository:a:pull ${BASIC}`]);
  });

  it('it is held against what was learnt', async () => {
    const one = session({ challenge: BEARER, credentials: LOGIN, registry: () => MOVED });
    await expect(one.askForChallenge('a', 'v1')).rejects.toMatchObject({ code: 'untrusted' });
    expect(one.said).toEqual(['GET /v2/ -']);
  });

  it('may want none, or a login', async () => {
    const open = session({ credentials: LOGIN });
    expect(await open.askForChallenge('a', 'v1')).toEqual({ scheme: 'none' });
    expect(open.said).toEqual(['GET /v2/ -', 'HEAD /v2/a/manifests/v1 -']);
    const one = session({ credentials: LOGIN, registry: () => WANTS_BASIC });
    expect(await one.askForChallenge('a', 'v1')).toEqual({ scheme: 'basic' });
    expect(one.said).toEqual(['GET /v2/ -']);
  });

  it('may want a login for the image alone', async () => {
    const one = session({
      credentials: LOGIN,
      registry: ({ path }) => (path === '/v2/' ? OK : WANTS_BEARER),
    });
    expect(await one.askForChallenge('a', 'v1')).toEqual(BEARER);
  });

  it.each([403, 404, 429, 503])('is not said by HTTP %i', async status => {
    const one = session({ credentials: LOGIN, registry: () => ({ status }) });
    await expect(one.askForChallenge('a', 'v1')).rejects.toMatchObject({
      code: 'unreachable',
      message: `registry.test does not say how it wants to be asked (HTTP ${status}).`,
    });
  });

  it('one that is known to be down is not waited for again', async () => {
    const down = new RegistryError('unreachable', 'down');
    const one = session({ registry: () => Promise.reject(down) });
    await expect(one.send()).rejects.toBe(down);
    await expect(one.askForChallenge('a', 'v1')).rejects.toBe(down);
    const { length } = one.said;
    await expect(one.askForChallenge('a', 'v1')).rejects.toBe(down);
    expect(one.said).toHaveLength(length);
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
    [
      'a token would travel in clear',
      { challenge: BEARER, credentials: LOGIN, base: 'http://registry.test' },
    ],
    ['there is an identity token only', { credentials: { identityToken: 'i' } }],
  ])('is given nothing where %s', async (_, of) => {
    const { challenge = { scheme: 'basic' } } = of;
    const wanted = challenge.scheme === 'basic' ? WANTS_BASIC : WANTS_BEARER;
    const one = session({ ...of, challenge, registry: wants(wanted) });
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

describe('a login that is wrong', () => {
  it('is sent once', async () => {
    const one = session({ credentials: LOGIN, registry: () => WANTS_BASIC });
    expect(await one.send()).toBe(401);
    expect(one.said).toEqual(['GET /v2/ -', `HEAD /v2/a/manifests/latest ${BASIC}`]);
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

  it('wait twice for a registry that is down, one after the other', async () => {
    const down = new RegistryError('unreachable', 'down');
    const one = session({ registry: () => Promise.reject(down) });
    const all = Promise.allSettled(['v1', 'v2', 'v3', 'v4'].map(each => one.send(each)));
    const results = await all;
    expect(results.map(result => 'reason' in result && result.reason)).toEqual([down, down, down, down]);
    expect(one.said).toEqual(['HEAD /v2/a/manifests/v1 -', 'HEAD /v2/a/manifests/v2 -']);
    await expect(one.send('v5')).rejects.toBe(down);
    expect(one.said).toHaveLength(2);
  });

  it('are answered where the first alone gets no answer', async () => {
    const down = new RegistryError('unreachable', 'broken off');
    const one = session({ registry: (_, index) => (index === 0 ? Promise.reject(down) : OK) });
    const results = await Promise.allSettled([one.send('v1'), one.send('v2'), one.send('v3')]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
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
