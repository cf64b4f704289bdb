import { always, DOCKER_MANIFEST, first, naming, OCI_MANIFEST, onGet } from './answers.ts';
import type { BadAnswer, OddAnswer } from './bad-answer.ts';

const HEX = 'ab'.repeat(32);
const NONE = /^HOST gave no usable answer for HOST\/bad\/app:latest: it names a digest that is none: "/;
const OTHER = /: the manifest it sent does not match the digest it was asked for\./;

const notOne = (name: string, digest: string | readonly string[], says = NONE): BadAnswer => ({
  name: `a digest ${name}`,
  code: 'garbage',
  says,
  http: naming(digest),
});

/** What `Docker-Content-Digest` should not say. */
export const DIGEST_HEADERS: readonly BadAnswer[] = [
  notOne('that is cut short', `sha256:${HEX.slice(1)}`),
  notOne('that is too long', `sha256:${HEX}0`),
  notOne('in capital letters', `sha256:${HEX.toUpperCase()}`),
  notOne('that is no hex', `sha256:${'xy'.repeat(32)}`),
  notOne('without an algorithm', HEX),
  notOne('by MD5', `md5:${HEX.slice(32)}`),
  notOne('by SHA-1', `sha1:${HEX.slice(24)}`),
  notOne('by SHA-512 with the length of SHA-256', `sha512:${HEX}`),
  notOne('in quotes', `"sha256:${HEX}"`),
  notOne('with something after it', `sha256:${HEX}; q=1`),
  notOne('of nothing', ''),
  notOne('of ten thousand characters', `sha256:${'a'.repeat(10_000)}`, /: it names a digest .{90,100}…"/),
  notOne('with marks that turn the text', `sha256:\u0085${HEX}`),
  notOne('beside another one', [`sha256:${HEX}`, `sha256:${'cd'.repeat(32)}`]),
  {
    name: 'a digest that the repository does not have',
    code: 'not-found',
    says: /^HOST has no HOST\/bad\/app@sha256:abab.+ \(HTTP 404: manifest unknown\)\./,
    http: first(naming(`sha256:${HEX}`), () => false),
  },
  {
    name: 'a digest of other bytes',
    code: 'garbage',
    says: OTHER,
    http: naming(`sha256:${HEX}`),
  },
  {
    name: 'a digest by SHA-512 of other bytes',
    code: 'garbage',
    says: OTHER,
    http: naming(`sha512:${HEX}${HEX}`),
  },
  {
    name: 'no digest, and a page instead of the manifest',
    code: 'garbage',
    says: /: it answered with text\/html instead of a manifest\./,
    http: first(
      always(200, { 'content-type': OCI_MANIFEST }),
      always(200, { 'content-type': 'text/html' }, '<html>'),
    ),
  },
  {
    name: 'no digest, and nothing as the manifest',
    code: 'garbage',
    says: /: its manifest is not understood: it is empty\./,
    http: always(200, { 'content-type': OCI_MANIFEST }),
  },
  {
    name: 'no digest, and no manifest after all',
    code: 'not-found',
    says: /^HOST has no HOST\/bad\/app:latest \(HTTP 404\)\./,
    http: first(always(200, { 'content-type': OCI_MANIFEST }), always(404)),
  },
  {
    name: 'a digest in the answer to HEAD, and another manifest for it',
    code: 'garbage',
    says: OTHER,
    http: onGet(always(200, { 'content-type': OCI_MANIFEST }, '{"schemaVersion":2}')),
  },
];

/** What it may well say. */
export const ODD_DIGEST_HEADERS: readonly OddAnswer[] = [
  {
    name: 'no digest at all',
    http: ({ method }, response, { image }) =>
      response
        .writeHead(200, { 'content-type': DOCKER_MANIFEST })
        .end(method === 'GET' ? image.manifest : undefined),
  },
  {
    name: 'a digest in blanks',
    http: first(
      (request, response, place) => naming(` ${place.image.digest}\t`)(request, response, place),
      () => false,
    ),
  },
  {
    name: 'a digest under a name in capital letters',
    http: first(
      (_, response, { image }) =>
        response
          .writeHead(200, { 'DOCKER-CONTENT-DIGEST': image.digest, 'CONTENT-TYPE': DOCKER_MANIFEST })
          .end(),
      () => false,
    ),
  },
];
