import { gzipSync } from 'node:zlib';
import { always, DOCKER_MANIFEST, first, OCI_MANIFEST, onGet, serving } from './answers.ts';
import type { Answer, BadAnswer, OddAnswer } from './bad-answer.ts';

const OTHER =
  /^HOST gave no usable answer for HOST\/bad\/app:latest: the manifest it sent does not match the digest it was asked for\./;
const TOO_LARGE = /HOST.* answered with more than 4194304 bytes/;
const BROKEN_OFF = /^HOST (broke off the answer \(\w+\)|answers with something that is not HTTP)\./;
const SLOW = /^HOST did not answer within [\d.]+ s\./;
const TYPE = { 'content-type': DOCKER_MANIFEST };

const other = (name: string, answer: Answer): BadAnswer => ({
  name: `a body ${name}`,
  code: 'garbage',
  says: OTHER,
  http: onGet(answer),
});

const broken = (name: string, answer: Answer): BadAnswer => ({
  name: `a body ${name}`,
  code: 'unreachable',
  says: BROKEN_OFF,
  http: onGet(answer),
  isDown: true,
});

const large = (name: string, answer: Answer): BadAnswer => ({
  name: `a body ${name}`,
  code: 'garbage',
  says: TOO_LARGE,
  http: answer,
});

/** A megabyte that becomes a gigabyte. */
const bomb = () => gzipSync(gzipSync(Buffer.alloc(200 * 1024 * 1024)));
let packed: Buffer | undefined;

/** Bodies that are not what they should be. */
export const BODIES: readonly BadAnswer[] = [
  other('that is a page', always(200, TYPE, '<html>')),
  other('of nothing', always(200, TYPE)),
  other('of the manifest and a line feed', (_, response, { image }) =>
    response.writeHead(200, TYPE).end(`${image.manifest}\n`),
  ),
  other('that ends too early, as it was said', (_, response, { image }) => {
    response.writeHead(200, { ...TYPE, 'content-length': image.manifest.length - 9 });
    response.end(image.manifest.subarray(0, -9));
  }),
  other('in gzip, which nobody asked for', (_, response, { image }) =>
    response.writeHead(200, { ...TYPE, 'content-encoding': 'gzip' }).end(gzipSync(image.manifest)),
  ),
  other('that says that it is in gzip', always(200, { ...TYPE, 'content-encoding': 'gzip' }, 'no gzip')),
  other('that is a bomb in gzip', (_, response) => {
    packed ??= bomb();
    response.writeHead(200, { ...TYPE, 'content-encoding': 'gzip, gzip' }).end(packed);
  }),
  broken('that ends too early', (_, response, { image }) => {
    response.writeHead(200, { ...TYPE, 'content-length': image.manifest.length + 9 });
    response.write(image.manifest, () => response.destroy());
  }),
  broken('that is reset in the middle', ({ socket }, response, { image }) => {
    response.writeHead(200, { ...TYPE, 'content-length': image.manifest.length });
    response.write(image.manifest.subarray(0, 9), () => setTimeout(() => socket.resetAndDestroy(), 20));
  }),
  broken('in chunks without the last one', (_, response, { image }) => {
    response.writeHead(200, TYPE).write(image.manifest, () => response.destroy());
  }),
  broken('in chunks of nonsense', ({ socket }) => socket.end(`${CHUNKED}zz\r\nbody\r\n0\r\n\r\n`)),
  broken('in chunks of a negative size', ({ socket }) => socket.end(`${CHUNKED}-5\r\nbody\r\n0\r\n\r\n`)),
  large('without end', onGet(endless)),
  large(
    'said to be of ten gigabytes',
    onGet((request, response, place) => {
      response.setHeader('content-length', 10 * 1024 ** 3);
      return endless(request, response, place);
    }),
  ),
  large('of five megabytes under its own digest', (request, response, place) =>
    serving(fiveMegabytes())(request, response, place),
  ),
  large(
    'of five megabytes without a digest',
    first(always(200, TYPE), (request, response, place) =>
      serving(fiveMegabytes())(request, response, place),
    ),
  ),
  {
    name: 'a body that never comes',
    code: 'unreachable',
    says: SLOW,
    http: onGet((_, response, { image }) => {
      response.writeHead(200, { ...TYPE, 'content-length': image.manifest.length }).flushHeaders();
    }),
    isDown: true,
    isSlow: true,
  },
  {
    name: 'a body that comes byte by byte',
    code: 'unreachable',
    says: SLOW,
    http: onGet((_, response, { image }) => {
      response.writeHead(200, { ...TYPE, 'content-length': image.manifest.length });
      const timer = setInterval(() => response.write('{'), 20);
      response.once('close', () => clearInterval(timer));
    }),
    isDown: true,
    isSlow: true,
  },
];

/** Bodies that are odd and yet what they should be. */
export const ODD_BODIES: readonly OddAnswer[] = [
  {
    name: 'the manifest in chunks of one byte, with extensions and a trailer',
    http: onGet(({ socket }, _, { image }) => {
      const chunks = [...image.manifest].map(byte => `1;x=y\r\n${String.fromCharCode(byte)}\r\n`);
      socket.end(`${CHUNKED}${chunks.join('')}0\r\nX-Trailer: yes\r\n\r\n`, 'latin1');
    }),
  },
  {
    name: 'the plain manifest, said to be in brotli',
    http: onGet((_, response, { image }) =>
      response.writeHead(200, { ...TYPE, 'content-encoding': 'br' }).end(image.manifest),
    ),
  },
  {
    name: 'a HEAD with a length of something else',
    http: first(
      (_, response, { image }) =>
        response
          .writeHead(200, { ...TYPE, 'docker-content-digest': image.digest, 'content-length': 5 * 1024 ** 3 })
          .end(),
      () => false,
    ),
  },
  {
    name: 'a HEAD with the manifest after it',
    http: first(
      ({ socket }, response, { image }) => {
        const length = image.manifest.length;
        response.writeHead(200, { ...TYPE, 'docker-content-digest': image.digest, 'content-length': length });
        // Node itself sends no body here.
        response.end(() => setTimeout(() => socket.write(image.manifest), 5));
      },
      () => false,
    ),
  },
];

const CHUNKED = `HTTP/1.1 200 OK\r\nContent-Type: ${OCI_MANIFEST}\r\nTransfer-Encoding: chunked\r\n\r\n`;

/** As much as is taken, up to a quarter of a gigabyte: a test that ends badly ends all the same. */
function endless(...[_, response]: Parameters<Answer>): void {
  const chunk = Buffer.alloc(64 * 1024, '{');
  let left = 4096;
  response.writeHead(200, TYPE);
  const more = () => {
    while (!response.destroyed && left-- > 0 && response.write(chunk));
    if (left > 0) response.once('drain', more);
    else response.end();
  };
  more();
}

function fiveMegabytes(): string {
  const layer = { digest: `sha256:${'ab'.repeat(32)}`, size: 1 };
  return JSON.stringify({ config: layer, layers: Array(60_000).fill(layer) });
}
