import { always } from './answers.ts';
import type { BadAnswer, Place } from './bad-answer.ts';
import { guarded } from './token-services.ts';

const DENIED = /^HOST refuses access to HOST\/bad\/app:latest \(HTTP 401\)\. /;
const UNSAFE = /^HOST names a token service/;

const unanswerable = (name: string, header: string | string[]): BadAnswer => ({
  name: `a challenge ${name}`,
  code: 'denied',
  says: DENIED,
  http: always(401, { 'www-authenticate': header }),
});

/** The whole registry is behind it, so nothing of it can be had. Docker has a login, and nobody must get it. */
const unsafe = (name: string, realm: (place: Place) => string, says = UNSAFE): BadAnswer => ({
  name: `a realm ${name}`,
  code: 'garbage',
  says,
  login: true,
  isDown: true,
  http: guarded({ challenge: place => `Bearer realm="${realm(place)}",service="registry"` }),
});

/** Challenges that cannot be answered, and those that must not be. */
export const CHALLENGES: readonly BadAnswer[] = [
  { name: 'no challenge', code: 'denied', says: DENIED, http: always(401) },
  unanswerable('of nothing', ''),
  unanswerable('in an unknown way', 'Negotiate'),
  unanswerable('by digest', 'Digest realm="x", nonce="y", qop="auth"'),
  unanswerable('for a login that there is not', 'Basic realm="registry"'),
  unanswerable('without a realm', 'Bearer service="registry"'),
  unanswerable('with an empty realm', 'Bearer realm=""'),
  unanswerable('with an open quote', 'Bearer realm="https://auth.test/token'),
  unanswerable('of commas', ','.repeat(8000)),
  unanswerable('of blanks', `Bearer${' '.repeat(8000)}x`),
  unanswerable('of quotes', '"'.repeat(8001)),
  unanswerable('of backslashes', `Bearer realm="${'\\'.repeat(8000)}`),
  unanswerable('of equals signs', `Bearer ${'a='.repeat(4000)}`),
  unanswerable(
    'of a thousand ways',
    Array.from({ length: 400 }, (_, index) => `Way${index} a="b"`),
  ),
  unsafe('that is a file', () => 'file:///etc/passwd'),
  unsafe('that is relative', () => '/token'),
  unsafe('without a protocol', ({ host }) => `${host}/token`),
  unsafe('that is a script', () => 'javascript:alert(1)'),
  unsafe('for FTP', ({ host }) => `ftp://${host}/token`),
  unsafe('that is nonsense', () => 'https://'),
  unsafe('in the clear somewhere else', () => 'http://auth.test/token'),
  unsafe('in the clear at the cloud’s own address', () => 'http://169.254.169.254/token'),
  unsafe('in the clear in a private network', () => 'http://10.0.0.1/token'),
  unsafe('in the clear at no address', () => 'http://0.0.0.0/token'),
];
