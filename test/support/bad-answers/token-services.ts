import type { IncomingMessage } from 'node:http';
import { always } from './answers.ts';
import type { Answer, BadAnswer, OddAnswer, Place } from './bad-answer.ts';

const TOKEN = 'good-token-f00d';
const json = (body: unknown) =>
  always(200, { 'content-type': 'application/json' }, typeof body === 'string' ? body : JSON.stringify(body));

/** How a registry that wants tokens behaves. */
interface Guard {
  /** The challenge; the registry's own token service in the usual words, if left out. */
  readonly challenge?: (place: Place) => string | readonly string[];
  /** What the token service answers about the bad repository. */
  readonly token?: Answer;
  /** The status that a request with the good token gets in vain. */
  readonly refuses?: boolean;
}

/** Wants a token for everything, and gives good ones for every repository but the bad one. */
export function guarded({
  challenge = usual,
  token = json({ token: TOKEN }),
  refuses = false,
}: Guard): Answer {
  return (request, response, place) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://registry');
    if (pathname === '/token') {
      const isGood = searchParams.get('scope')?.startsWith('repository:good/');
      return (isGood ? json({ token: TOKEN }) : token)(request, response, place);
    }
    const isLetIn = request.headers.authorization === `Bearer ${TOKEN}` && !(refuses && isBad(request));
    if (isLetIn) return false;
    const said = challenge(place);
    return response.writeHead(401, { 'www-authenticate': typeof said === 'string' ? said : [...said] }).end();
  };
}

function usual({ host }: Place): string {
  return `Bearer realm="http://${host}/token",service="registry",scope="repository:bad/app:pull"`;
}

function isBad({ url }: IncomingMessage): boolean {
  return url?.startsWith('/v2/bad/') === true;
}

const answering = (name: string, token: Answer, code: BadAnswer['code'], says: RegExp): BadAnswer => ({
  name: `a token service that answers ${name}`,
  code,
  says,
  http: guarded({ token }),
});

const NO_TOKEN = /token service HOST of HOST .*token/;
const noToken = (name: string, body: unknown) => answering(name, json(body), 'garbage', NO_TOKEN);

/** Token services that give no token. */
export const TOKEN_SERVICES: readonly BadAnswer[] = [
  answering('401', always(401), 'denied', /^HOST refuses a token for HOST \(HTTP 401\)/),
  answering('403', always(403), 'denied', /^HOST refuses a token for HOST \(HTTP 403\)/),
  answering('400', always(400), 'failed', /token service HOST of HOST answered HTTP 400/),
  answering('404', always(404), 'failed', /token service HOST of HOST answered HTTP 404/),
  // It wants to be left alone, and so it is: with the next question, too.
  {
    ...answering(
      '429',
      always(429, { 'retry-after': '86400' }),
      'rate-limited',
      /token service HOST of HOST says it was asked too often \(HTTP 429\)/,
    ),
    isDown: true,
  },
  answering('500', always(500), 'failed', /token service HOST of HOST .*HTTP 500/),
  answering(
    '503',
    always(503, { 'retry-after': '99999999' }),
    'failed',
    /token service HOST of HOST .*HTTP 503/,
  ),
  answering('204', always(204), 'failed', /token service HOST of HOST answered HTTP 204/),
  answering(
    'with a redirect',
    (request, response, place) =>
      always(302, { location: `http://${place.elsewhere}/token` })(request, response, place),
    'failed',
    /token service HOST of HOST .*HTTP 302/,
  ),
  answering('with a page', always(200, { 'content-type': 'text/html' }, '<html>'), 'garbage', NO_TOKEN),
  answering('with nothing', always(200), 'garbage', NO_TOKEN),
  noToken('with an empty object', {}),
  noToken('with a list', [TOKEN]),
  noToken('with null', 'null'),
  noToken('with a bare string', JSON.stringify(TOKEN)),
  noToken('with an empty token', { token: '' }),
  noToken('with a token that is a number', { token: 5 }),
  noToken('with a token that is null', { token: null }),
  noToken('with a token that is a list', { token: [TOKEN] }),
  noToken('with a token of two lines', { token: `${TOKEN}\r\nX-Injected: yes` }),
  noToken('with a token that holds a zero byte', { token: `${TOKEN}\u0000` }),
  noToken('with a token of letters that no header holds', { token: 'tøken…' }),
  noToken('with a token of blanks', { token: '   ' }),
  noToken('with a token that pollutes', `{"__proto__":{"token":"${TOKEN}"}}`),
  noToken('a hundred thousand levels deep, cut', `{"token":${'['.repeat(30_000)}${']'.repeat(30_000)}}`),
  answering('with a token of sixty kilobytes', json({ token: 'x'.repeat(60_000) }), 'garbage', NO_TOKEN),
  answering(
    'with ten megabytes',
    json({ token: 'x'.repeat(10 * 1024 * 1024) }),
    'garbage',
    /HOST answered with more than 65536 bytes/,
  ),
  {
    ...answering('slowly', () => undefined, 'unreachable', /token service .*HOST did not answer within/),
    isSlow: true,
    isDown: true,
  },
  {
    ...answering(
      'by closing',
      ({ socket }) => socket.destroy(),
      'unreachable',
      /token service .*HOST broke off the answer/,
    ),
    isDown: true,
  },
  {
    name: 'a token that is not accepted',
    code: 'denied',
    says: /^HOST refuses access to HOST\/bad\/app:latest \(HTTP 401\)/,
    http: guarded({ refuses: true }),
  },
  {
    name: 'a token of another case, not accepted',
    code: 'denied',
    says: /^HOST refuses access to HOST\/bad\/app:latest \(HTTP 401\)/,
    http: guarded({ token: json({ token: TOKEN.toUpperCase() }) }),
  },
];

/** Token services that are odd, and give one. */
export const ODD_TOKEN_SERVICES: readonly OddAnswer[] = [
  { name: 'a token under its newer name alone', http: guarded({ token: json({ access_token: TOKEN }) }) },
  {
    name: 'a token with a life of nonsense',
    http: guarded({ token: json({ token: TOKEN, expires_in: -1, issued_at: 'never' }) }),
  },
  {
    name: 'a token with a life of text',
    http: guarded({ token: json({ token: TOKEN, expires_in: '300' }) }),
  },
  { name: 'a token with a life of ages', http: guarded({ token: json({ token: TOKEN, expires_in: 1e18 }) }) },
  {
    name: 'a token called text',
    http: guarded({ token: always(200, { 'content-type': 'text/plain' }, JSON.stringify({ token: TOKEN })) }),
  },
  odd('a challenge in small letters', ({ host }) => `bearer realm="http://${host}/token"`),
  odd('a challenge in capital letters', ({ host }) => `BEARER REALM="http://${host}/token",SERVICE="x"`),
  odd(
    'a challenge in many blanks',
    ({ host }) => `  Bearer   realm = "http://${host}/token" ,\t service = "x"  `,
  ),
  odd('a challenge without quotes', ({ host }) => `Bearer realm=http://${host}/token`),
  odd(
    'a challenge among others',
    ({ host }) => `Negotiate, Digest realm="x, y", nonce="z=", Bearer realm="http://${host}/token", Basic`,
  ),
  odd('a challenge in a header of its own', ({ host }) => [
    'Basic realm="x"',
    `Bearer realm="http://${host}/token"`,
  ]),
  odd(
    'a challenge with quoted quotes',
    ({ host }) => `Bearer service="a\\"b,c=\\"",realm="http://${host}/token"`,
  ),
  odd('a challenge with a comma at the end', ({ host }) => `Bearer realm="http://${host}/token",`),
  odd(
    'a realm with questions of its own',
    ({ host }) => `Bearer realm="http://${host}/token?account=x&scope=none"`,
  ),
];

function odd(name: string, challenge: NonNullable<Guard['challenge']>): OddAnswer {
  return { name, http: guarded({ challenge }) };
}
