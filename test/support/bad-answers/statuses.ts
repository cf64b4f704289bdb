import { STATUS_CODES } from 'node:http';
import { always, onGet } from './answers.ts';
import type { BadAnswer } from './bad-answer.ts';

type Kind = Pick<BadAnswer, 'code' | 'says'>;
const DENIED: Kind = {
  code: 'denied',
  says: /^HOST refuses access to HOST\/bad\/app:latest \(HTTP \d+\)\. /,
};
const NONE: Kind = { code: 'not-found', says: /^HOST has no HOST\/bad\/app:latest \(HTTP 404\)\. / };
const BUSY: Kind = { code: 'rate-limited', says: /^HOST says it was asked too often \(HTTP 429.*\)/ };
const BROKEN: Kind = { code: 'failed', says: /^HOST is out of order \(HTTP \d+\)\. / };
const ODD: Kind = {
  code: 'garbage',
  says: /^HOST gave no usable answer for HOST\/bad\/app:latest: it answered HTTP \d{3}\./,
};

const KINDS: readonly (readonly [Kind, readonly number[]])[] = [
  [DENIED, [401, 403]],
  [NONE, [404]],
  [BROKEN, [500, 501, 502, 504, 505, 507, 508, 520, 599]],
  [
    ODD,
    [201, 202, 204, 206, 304, 400, 402, 405, 406, 407, 408, 409, 410, 412, 414, 418, 421, 422, 431, 451, 499],
  ],
];

const status = (code: number, { code: outcome, says }: Kind): BadAnswer => ({
  name: `HTTP ${code} ${STATUS_CODES[code] ?? ''}`.trim(),
  code: outcome,
  says,
  http: always(code),
});

/** Every kind of answer but 200, without a word. */
export const STATUSES: readonly BadAnswer[] = [
  ...KINDS.flatMap(([kind, codes]) => codes.map(code => status(code, kind))),
  status(600, BROKEN),
  status(999, BROKEN),
  {
    ...status(410, ODD),
    name: 'HTTP 410 with a page',
    http: always(410, { 'content-type': 'text/html' }, '<html>'),
  },
  { name: 'HTTP 429 without saying until when', ...BUSY, http: always(429) },
  {
    name: 'HTTP 429 until the year 9999',
    ...BUSY,
    http: always(429, { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }),
  },
  { name: 'HTTP 429 until some time', ...BUSY, http: always(429, { 'retry-after': 'soon' }) },
  { name: 'HTTP 429 until a time before now', ...BUSY, http: always(429, { 'retry-after': '-5' }) },
  { name: 'HTTP 429 for 10^30 seconds', ...BUSY, http: always(429, { 'retry-after': `1${'0'.repeat(30)}` }) },
  {
    name: 'HTTP 503 for a year',
    code: 'failed',
    says: /^HOST .*\(?HTTP 503/,
    http: always(503, { 'retry-after': '31536000' }),
  },
];

const saying = (name: string, body: string | Buffer, says: RegExp, code = 404): BadAnswer => ({
  name: `an error ${name}`,
  code: code === 404 ? 'not-found' : code === 403 ? 'denied' : 'failed',
  says,
  http: onGet(always(code, { 'content-type': 'application/json' }, body)),
});

const spec = (message: unknown, code: unknown = 'MANIFEST_UNKNOWN') =>
  JSON.stringify({ errors: [{ code, message, detail: { secret: 'detail' } }] });
const NOTHING_MORE = /^HOST has no HOST\/bad\/app@sha256:[0-9a-f]{64} \(HTTP 404\)\. /;

/** What is said beside the status. */
export const ERROR_BODIES: readonly BadAnswer[] = [
  saying('as the specification has it', spec('manifest unknown'), /\(HTTP 404: manifest unknown\)/),
  saying('of a code alone', spec(undefined, 'DENIED'), /\(HTTP 403: DENIED\)/, 403),
  saying('of a registry that is broken', spec('disk full', 'UNKNOWN'), /\(HTTP 500: disk full\)/, 500),
  saying(
    'in colours',
    spec('\u001b[31mred\u001b[0m \u001b]0;title\u0007\u009b2J'),
    /\(HTTP 404: red\b.{0,12}\)/,
  ),
  saying(
    'of several lines',
    spec('one\r\ntwo\u2028three\u0085four\n\terror app: gone'),
    /\(HTTP 404: one two three four error app: gone\)/,
  ),
  saying('that turns the text', spec('\u202eevil\u2066\u200f txt\ufeff'), /\(HTTP 404: evil txt\)/),
  saying('of a hundred thousand characters', spec('x'.repeat(100_000)), /\(HTTP 404: x{100,130}…\)/),
  saying('of ten megabytes', spec('x'.repeat(10 * 1024 * 1024)), /HTTP 404/),
  saying('that is a number', spec(5), NOTHING_MORE),
  saying('of nothing', spec(''), /\(HTTP 404(: MANIFEST_UNKNOWN)?\)/),
  saying('that is a page', '<html><h1>404</h1></html>', NOTHING_MORE),
  saying('whose list is an object', '{"errors":{"code":"X"}}', NOTHING_MORE),
  saying('whose list is empty', '{"errors":[]}', NOTHING_MORE),
  saying('that pollutes', '{"__proto__":{"errors":[{"message":"polluted"}]}}', NOTHING_MORE),
  saying('a hundred thousand deep', `{"errors":${'['.repeat(1e5)}${']'.repeat(1e5)}}`, NOTHING_MORE),
  saying('in bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x80]), NOTHING_MORE),
];
