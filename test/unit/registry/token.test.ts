import { describe, expect, it } from 'vitest';
import { HttpFault } from '../../../src/base/http.ts';
import { openPace } from '../../../src/registry/pace.ts';
import { fetchToken } from '../../../src/registry/token.ts';
import { handClock } from '../../support/hand-clock.ts';
import { type ShortAnswer, scriptedHttp } from '../../support/scripted-http.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const LOGIN = { username: 'me', password: 'pa:ss' };
const BASIC = `Basic ${Buffer.from('me:pa:ss').toString('base64')}`;
const SCOPE = 'repository:a/b:pull';

interface Case {
  readonly realm?: string;
  readonly service?: string;
  readonly registry?: string;
  readonly credentials?: Parameters<typeof fetchToken>[1]['credentials'];
  readonly answer?: ShortAnswer | HttpFault;
}

/** What came of asking for a token, and what was sent for it. */
async function ask({
  realm = 'https://auth.test/token',
  service,
  registry = 'https://registry.test',
  credentials,
  answer,
}: Case) {
  const client = scriptedHttp(() => answer ?? { status: 200, body: '{"token":"t"}' });
  const challenge = { scheme: 'bearer', realm, service } as const;
  const clock = handClock(NOW);
  const result = await fetchToken(client, {
    challenge,
    scope: SCOPE,
    credentials,
    registry: new URL(registry),
    reach: 'public',
    clock,
    pace: openPace({ ...clock, sleep: async () => undefined }),
  }).then(
    token => token.value,
    error => error,
  );
  const sent = client.asked.map(({ method, url, headers, body }) => ({
    method,
    url: url.href,
    headers,
    body,
  }));
  return { result, sent };
}

describe('a token', () => {
  it('is asked for by GET, with the login as basic authentication', async () => {
    const { result, sent } = await ask({ service: 'registry.test', credentials: LOGIN });
    expect(result).toBe('t');
    expect(sent).toEqual([
      {
        method: 'GET',
        url: 'https://auth.test/token?service=registry.test&scope=repository%3Aa%2Fb%3Apull',
        headers: { authorization: BASIC },
        body: undefined,
      },
    ]);
  });

  it('is asked for without a login where there is none', async () => {
    const { sent } = await ask({ realm: 'https://auth.test/token?account=x&scope=evil' });
    expect(sent).toMatchObject([
      { url: 'https://auth.test/token?account=x&scope=repository%3Aa%2Fb%3Apull', headers: undefined },
    ]);
  });

  it('is asked for by POST with an identity token, which is in the body alone', async () => {
    const { result, sent } = await ask({ service: 's', credentials: { identityToken: 'refresh me' } });
    expect(result).toBe('t');
    expect(sent).toEqual([
      {
        method: 'POST',
        url: 'https://auth.test/token',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'grant_type=refresh_token&client_id=refreshd&service=s&scope=repository%3Aa%2Fb%3Apull&refresh_token=refresh+me',
      },
    ]);
  });

  it.each([
    ['{"access_token":"o"}', 'o'],
    ['{"token":"t","access_token":"o","expires_in":300}', 't'],
  ])('is read from %s', async (body, token) => {
    expect((await ask({ answer: { status: 200, body } })).result).toBe(token);
  });
});

describe('the token service', () => {
  it.each([
    ['http://auth.test/token', 'https://registry.test'],
    ['http://127.0.0.1:5000/token', 'https://registry.test'],
    ['http://169.254.169.254/token', 'http://127.0.0.1:5000'],
    ['http://auth.test/token', 'http://127.0.0.1:5000'],
    ['http://127.0.0.1.auth.test/token', 'http://127.0.0.1:5000'],
    ['ftp://127.0.0.1/token', 'http://127.0.0.1:5000'],
    ['file:///etc/passwd', 'https://registry.test'],
    ['https://me:pw@auth.test/token', 'https://registry.test'],
    ['https://me@auth.test/token', 'https://registry.test'],
    ['/token', 'https://registry.test'],
    ['auth.test', 'https://registry.test'],
    ['', 'https://registry.test'],
  ])('at %j is never talked to for %s', async (realm, registry) => {
    for (const credentials of [LOGIN, { identityToken: 'i' }, undefined]) {
      const { result, sent } = await ask({ realm, registry, credentials });
      expect(result).toMatchObject({ name: 'RegistryError', code: 'garbage' });
      expect(sent).toEqual([]);
    }
  });

  it.each([
    ['https://auth.test/token', 'http://127.0.0.1:5000'],
    ['http://127.0.0.1:5001/token', 'http://127.0.0.1:5000'],
    ['http://localhost:5001/token', 'http://[::1]:5000'],
  ])('at %s is fine for %s', async (realm, registry) => {
    expect((await ask({ realm, registry, credentials: LOGIN })).result).toBe('t');
  });

  it.each<[string, ShortAnswer | HttpFault, Record<string, unknown>]>([
    [
      '401',
      { status: 401, body: 'pa:ss' },
      { code: 'denied', message: 'auth.test refuses a token for registry.test (HTTP 401).' },
    ],
    ['403', { status: 403 }, { code: 'denied', retryable: false }],
    [
      '503',
      { status: 503 },
      {
        code: 'failed',
        retryable: true,
        message: 'The token service auth.test of registry.test answered HTTP 503.',
      },
    ],
    [
      'a redirect',
      { status: 307, headers: { location: 'http://127.0.0.1/' } },
      {
        code: 'failed',
        retryable: false,
        message: 'The token service auth.test of registry.test redirects to 127.0.0.1 (HTTP 307).',
        hint: 'Redirects are not followed; nothing was sent there.',
      },
    ],
    [
      '429',
      { status: 429 },
      {
        code: 'rate-limited',
        retryable: true,
        message: 'The token service auth.test of registry.test says it was asked too often (HTTP 429).',
      },
    ],
    [
      'an address that is out of bounds',
      new HttpFault('out-of-bounds', 'auth.test leads to 10.0.0.7, which is not for everybody.'),
      {
        code: 'garbage',
        message: 'registry.test names a token service that is not safe to talk to.',
        hint: 'auth.test leads to 10.0.0.7, which is not for everybody; nothing was sent to it.',
      },
    ],
    [
      'too much',
      new HttpFault('too-large', 'auth.test answered with more than 9 bytes.'),
      {
        code: 'garbage',
        message: 'The token service cannot be used: auth.test answered with more than 9 bytes.',
      },
    ],
    ['a token of two lines', { status: 200, body: '{"token":"a\\r\\nb"}' }, { code: 'garbage' }],
    ['HTML', { status: 200, body: '<html>' }, { code: 'garbage' }],
    [
      'no token',
      { status: 200, body: '{}' },
      {
        code: 'garbage',
        message: 'The token service auth.test of registry.test gave no token: it holds no token.',
      },
    ],
    ['an empty token', { status: 200, body: '{"token":""}' }, { code: 'garbage' }],
    ['a number', { status: 200, body: '{"token":5}' }, { code: 'garbage' }],
    [
      'nothing',
      new HttpFault('timeout', 'auth.test is silent.', { retryable: true }),
      {
        code: 'unreachable',
        retryable: true,
        message: 'The token service cannot be used: auth.test is silent.',
      },
    ],
  ])('that answers %s gives none', async (_, answer, expected) => {
    const { result, sent } = await ask({ credentials: LOGIN, answer });
    expect(result).toMatchObject({ name: 'RegistryError', ...expected });
    expect(sent).toHaveLength(1);
    expect(JSON.stringify([result.message, result.hint])).not.toContain('pa:ss');
  });
});

describe('a token lives', () => {
  /** In seconds from when it came, with what is kept back so that it arrives alive. */
  async function lifeOf(body: object): Promise<number> {
    const clock = handClock(NOW);
    await clock.advance(1000);
    const client = scriptedHttp(() => ({ status: 200, body: JSON.stringify({ token: 't', ...body }) }));
    const { until } = await fetchToken(client, {
      challenge: { scheme: 'bearer', realm: 'https://auth.test/token', service: undefined },
      scope: SCOPE,
      credentials: undefined,
      registry: new URL('https://registry.test'),
      reach: 'public',
      clock,
      pace: openPace(clock),
    });
    return (until - clock.elapsed()) / 1000 + 5;
  }

  it.each<[string, object, number]>([
    ['a minute where nothing is said', {}, 60],
    ['as long as is said', { expires_in: 300 }, 300],
    ['never less than a minute', { expires_in: 5 }, 60],
    ['a minute where that is nonsense', { expires_in: -1, issued_at: 'never' }, 60],
    ['a minute where that is text', { expires_in: '300' }, 60],
    ['from when it was issued', { expires_in: 300, issued_at: '2025-12-31T23:59:01Z' }, 240],
    [
      'from now, where it was issued in times to come',
      { expires_in: 300, issued_at: '2026-01-01T02:00:00Z' },
      300,
    ],
    [
      'from now, where it would be dead already: the clocks disagree',
      { expires_in: 300, issued_at: '2025-12-31T20:00:00Z' },
      300,
    ],
  ])('%s', async (_, body, seconds) => {
    expect(await lifeOf(body)).toBe(seconds);
  });
});
