import { sha256 } from '../image.ts';
import { AMD64, always, DOCKER_MANIFEST, indexing, OCI_INDEX, serving } from './answers.ts';
import type { Answer, BadAnswer, OddAnswer } from './bad-answer.ts';

const HEX = 'ab'.repeat(32);
const NOT_UNDERSTOOD =
  /^HOST gave no usable answer for HOST\/bad\/app:latest: its manifest is not understood: /;
const NOT_FOR_US = /^HOST\/bad\/app:latest is offered, but not for linux\/amd64\. /;

const entry = (name: string, of: Readonly<Record<string, unknown>>): BadAnswer => ({
  name: `an index entry ${name}`,
  code: 'garbage',
  says: NOT_UNDERSTOOD,
  http: indexing(of),
});

const notForUs = (name: string, body: unknown): BadAnswer => ({
  name: `an index ${name}`,
  code: 'no-platform',
  says: NOT_FOR_US,
  http: serving(JSON.stringify(body), OCI_INDEX),
});

const to = (os: string, architecture: string, variant?: string) => ({
  digest: `sha256:${HEX}`,
  size: 2,
  platform: { os, architecture, variant },
});

/** Indexes that lead nowhere. */
export const INDEXES: readonly BadAnswer[] = [
  notForUs('of nothing', { manifests: [] }),
  notForUs('for others', { manifests: [to('linux', 'arm64'), to('windows', 'amd64'), to('linux', '386')] }),
  notForUs('for newer machines', { manifests: [to('linux', 'amd64', 'v4')] }),
  notForUs('of attestations alone', { manifests: [to('unknown', 'unknown')] }),
  notForUs('without platforms', { manifests: [{ digest: `sha256:${HEX}`, size: 2 }] }),
  notForUs('of ten thousand others', { manifests: Array(10_000).fill(to('linux', 'riscv64')) }),
  entry('with a malformed digest', { digest: 'sha256:../../../etc/passwd' }),
  entry('with no digest', { digest: undefined }),
  entry('with a negative size', { size: -7 }),
  entry('with a size that is text', { size: '1000' }),
  entry('with a size that cannot be', { size: 1e308 }),
  entry('with a platform that is text', { platform: 'linux/amd64' }),
  entry('with an architecture that is a number', { platform: { os: 'linux', architecture: 64 } }),
  {
    name: 'an index of null',
    code: 'garbage',
    says: NOT_UNDERSTOOD,
    http: serving('{"manifests":[null]}', OCI_INDEX),
  },
  {
    name: 'an index that is an object',
    code: 'garbage',
    says: NOT_UNDERSTOOD,
    http: serving('{"manifests":{"0":{}}}', OCI_INDEX),
  },
  {
    name: 'an index entry that is not there',
    code: 'not-found',
    says: /^HOST has no HOST\/bad\/app@sha256:abab/,
    http: indexing({ digest: `sha256:${HEX}` }),
  },
  {
    name: 'an index whose entry is refused',
    code: 'denied',
    says: /^HOST refuses access to HOST\/bad\/app@sha256:[0-9a-f]{64} \(HTTP 403\)/,
    http: instead(always(403)),
    // It does not look behind the index before it pulls.
    isFineForEngine: true,
  },
  {
    name: 'an index whose entry is a page',
    code: 'garbage',
    says: /does not match the digest it was asked for\./,
    http: instead(always(200, { 'content-type': DOCKER_MANIFEST }, '<html>')),
  },
  {
    name: 'an index that claims to lead to itself',
    code: 'garbage',
    says: /does not match the digest it was asked for\./,
    http: serving(JSON.stringify({ manifests: [to('linux', 'amd64')] }), OCI_INDEX),
  },
  {
    name: 'indexes in one another without end',
    code: 'garbage',
    says: /: its index leads from index to index\./,
    http: nested(6),
  },
];

/** What is no reason to refuse one. */
export const ODD_INDEXES: readonly OddAnswer[] = [
  { name: 'indexes in one another, not too deep', http: nested(3) },
  {
    name: 'an entry with keys that nobody knows',
    http: indexing({ annotations: null, urls: 7, __proto__: 1 }),
  },
  {
    name: 'an entry for the kernel’s name of the machine',
    http: indexing({ platform: { os: 'Linux', architecture: 'x86_64' } }),
  },
];

/** A good index; but whoever asks for what it leads to gets this. */
function instead(answer: Answer): Answer {
  return (request, response, place) =>
    (request.url?.endsWith(place.image.digest) ? answer : indexing({}))(request, response, place);
}

/** So many indexes, each leading to the next, the last one to the image. */
function nested(depth: number): Answer {
  return (request, response, place) => {
    let body = place.image.manifest.toString();
    const bodies = new Map<string, string>();
    for (let level = 0; level < depth; level++) {
      body = JSON.stringify({ manifests: [{ digest: sha256(body), size: body.length, platform: AMD64 }] });
      bodies.set(sha256(body), body);
    }
    const asked = request.url?.split('/').at(-1) ?? '';
    const found = asked.startsWith('sha256:') ? bodies.get(asked) : body;
    return found !== undefined && serving(found, OCI_INDEX)(request, response, place);
  };
}
