import type { Socket } from 'node:net';
import { DOCKER_MANIFEST, OCI_MANIFEST } from './answers.ts';
import type { BadAnswer, BareAnswer, OddAnswer, Place } from './bad-answer.ts';

const BROKEN_OFF = /^HOST (broke off the answer \(\w+\)|answers with something that is not HTTP)\./;
const SLOW = /^HOST did not answer within [\d.]+ s\./;
const HEX = 'ab'.repeat(32);
const OK = `HTTP/1.1 200 OK\r\nContent-Type: ${OCI_MANIFEST}\r\nDocker-Content-Digest: sha256:${HEX}\r\n`;

const bare = (name: string, answer: BareAnswer, more: Partial<BadAnswer> = {}): BadAnswer => ({
  name,
  code: 'unreachable',
  says: BROKEN_OFF,
  bare: answer,
  isDown: true,
  ...more,
});

/** Says this instead of an answer and hangs up. */
const saying = (name: string, text: string | Buffer) => bare(name, (_, socket) => socket.end(text));
const large = (name: string, headers: string) =>
  bare(name, (_, socket) => socket.end(`${OK}${headers}\r\n\r\n`), {
    code: 'garbage',
    says: /^HOST answered with more than 16384 bytes of headers\./,
  });
const slow = (name: string, answer: BareAnswer) => bare(name, answer, { says: SLOW, isSlow: true });

/** Connections on which there is no HTTP, or not enough of it. */
export const CONNECTIONS: readonly BadAnswer[] = [
  bare('a close after the question', (_, socket) => socket.destroy()),
  bare('an end after the question', (_, socket) => socket.end()),
  bare('a reset after the question', (_, socket) => socket.resetAndDestroy()),
  saying('half a status line', 'HTTP/1.'),
  saying('headers without an end', OK),
  saying('half a header', `${OK}X-He`),
  saying('the greeting of SSH', 'SSH-2.0-OpenSSH_9.2\r\n'),
  saying('a greeting of mail', '220 mail.test ESMTP\r\n'),
  saying('zeros', Buffer.alloc(5000)),
  saying('all bytes there are', Buffer.from(Array.from({ length: 256 }, (_, index) => index))),
  saying('the beginning of HTTP/2', Buffer.from('000012040000000000000300000064', 'hex')),
  saying('a page without HTTP', '<html><body>Welcome</body></html>\r\n\r\n'),
  saying('an unknown version of HTTP', `${OK.replace('HTTP/1.1', 'HTTP/9.9')}\r\n`),
  saying('a status of letters', 'HTTP/1.1 abc OK\r\n\r\n'),
  saying('a status of five digits', 'HTTP/1.1 20000 OK\r\n\r\n'),
  saying('a header without a name', `${OK}: value\r\n\r\n`),
  saying('a header without a colon', `${OK}value\r\n\r\n`),
  saying('a header with a zero byte', `${OK}X: a\u0000b\r\n\r\n`),
  saying('a header with a lone carriage return', `${OK}X: a\rb\r\n\r\n`),
  large('a header of twenty kilobytes', `X: ${'x'.repeat(20_000)}`),
  large('a header name of twenty kilobytes', `${'x'.repeat(20_000)}: y`),
  large('two thousand headers', 'X-Header: value\r\n'.repeat(2000).trimEnd()),
  saying('a negative length', `${OK}Content-Length: -1\r\n\r\n`),
  saying('a length of letters', `${OK}Content-Length: many\r\n\r\n`),
  saying('a length beyond all numbers', `${OK}Content-Length: ${'9'.repeat(40)}\r\n\r\n`),
  saying('two different lengths', `${OK}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`),
  saying(
    'a length and chunks at once',
    `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ),
  saying(
    'a switch to another protocol',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n',
  ),
  slow('silence', () => undefined),
  slow('a status line without an end', (_, socket) => socket.write('HTTP/1.1 200 ')),
  slow('headers that come byte by byte', (_, socket) => {
    socket.write(`${OK}X: `);
    drip(socket, 'x');
  }),
  slow('early hints without end', (_, socket) =>
    drip(socket, 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'),
  ),
  bare('continue without end', (_, socket) => drip(socket, 'HTTP/1.1 100 Continue\r\n\r\n')),
];

function drip(socket: Socket, text: string): void {
  const timer = setInterval(() => socket.write(text), 10);
  socket.once('close', () => clearInterval(timer));
}

/** A whole answer with the manifest, or without where that was not asked for. */
const manifest = (request: string, { image }: Place, ending = '\r\n') =>
  [
    `Docker-Content-Digest: ${image.digest}`,
    `Content-Type: ${DOCKER_MANIFEST}`,
    '',
    request.startsWith('GET') ? image.manifest.toString() : '',
  ].join(ending);

const odd = (name: string, text: (request: string, place: Place) => string): OddAnswer => ({
  name,
  bare: (request, socket, place) => socket.end(text(request, place)),
});

/** HTTP as it is seen in the wild. */
export const ODD_CONNECTIONS: readonly OddAnswer[] = [
  odd('HTTP/1.0', (request, place) => `HTTP/1.0 200 OK\r\n${manifest(request, place)}`),
  odd(
    'no length, and the end of the connection',
    (request, place) => `HTTP/1.1 200 OK\r\nConnection: close\r\n${manifest(request, place)}`,
  ),
  odd('no reason', (request, place) => `HTTP/1.1 200 \r\nConnection: close\r\n${manifest(request, place)}`),
  odd(
    'neither reason nor blank',
    (request, place) => `HTTP/1.1 200\r\nConnection: close\r\n${manifest(request, place)}`,
  ),
  odd(
    'early hints',
    (request, place) =>
      `HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n${manifest(request, place)}`,
  ),
  odd(
    'twelve kilobytes of headers',
    (request, place) =>
      `HTTP/1.1 200 OK\r\nConnection: close\r\nX: ${'x'.repeat(12_000)}\r\n${manifest(request, place)}`,
  ),
  odd(
    'a header with bytes that are no text',
    (request, place) =>
      `HTTP/1.1 200 OK\r\nConnection: close\r\nX: \u00ff\u0080ü\r\n${manifest(request, place)}`,
  ),
];
