import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sentenceOf } from '../../src/base/failure.ts';
import { parseDigest } from '../../src/image/digest.ts';
import { entryFor, parseManifest } from '../../src/image/manifest.ts';
import { formatReference, parseReference } from '../../src/image/reference.ts';
import { parseChallenge } from '../../src/registry/challenge.ts';
import { openPace } from '../../src/registry/pace.ts';
import { RegistryError } from '../../src/registry/registry-error.ts';
import { fetchToken } from '../../src/registry/token.ts';
import { handClock } from '../support/hand-clock.ts';
import { scriptedHttp } from '../support/scripted-http.ts';

const RUNS = { numRuns: 1000 };
/** Long enough that what takes the square of its length is noticed, and what takes more never ends. */
const LONG = 20_000;
const HEX = 'ab'.repeat(32);

/** Text made of the pieces that a grammar has, in no order, and much of one of them. */
function pieces(parts: readonly string[], longest = 2000): fc.Arbitrary<string> {
  const part = fc.constantFrom(...parts);
  const many = fc
    .tuple(part, fc.integer({ min: 1, max: longest }))
    .map(([text, times]) => text.repeat(times));
  return fc
    .array(fc.oneof(part, fc.string({ unit: 'binary' }), many), { maxLength: 12 })
    .map(all => all.join(''));
}

/** JSON of every shape, with the keys that matter and those that could harm. */
function json(keys: readonly string[], words: readonly string[]): fc.Arbitrary<string> {
  const value = fc.letrec(tie => ({
    any: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom<unknown>(null, true, -1, 0, 0.5, 7, 1e300, ''),
      fc.constantFrom(...words),
      fc.array(tie('any'), { maxLength: 3 }),
      fc
        .array(fc.tuple(fc.constantFrom(...keys), tie('any')), { maxLength: 5 })
        .map(pairs => new Pairs(pairs)),
    ),
  })).any;
  return value.map(print);
}

/** An object in which a key may come twice, and `__proto__` is a key like any other. */
class Pairs {
  readonly pairs: readonly (readonly [string, unknown])[];
  constructor(pairs: readonly (readonly [string, unknown])[]) {
    this.pairs = pairs;
  }
}

function print(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(print).join(',')}]`;
  if (value instanceof Pairs)
    return `{${value.pairs.map(([key, each]) => `${JSON.stringify(key)}:${print(each)}`).join(',')}}`;
  return JSON.stringify(value);
}

function expectUnpolluted(): void {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>)['manifests']).toBeUndefined();
}

const HARMFUL = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];

describe('a challenge of any kind', () => {
  const words = [
    'Bearer',
    'Basic',
    'realm',
    'service',
    '=',
    ',',
    '"',
    '\\',
    ' ',
    '\t',
    '==',
    'a',
    '~',
    '\u00ff',
  ];

  it('is read or is none', () => {
    fc.assert(
      fc.property(pieces([...words, 'Bearer realm="https://auth.test/token"', 'service="s"']), header => {
        const challenge = parseChallenge(header);
        if (challenge?.scheme === 'bearer') expect(challenge.realm).not.toBe('');
        else expect([undefined, { scheme: 'basic' }]).toContainEqual(challenge);
      }),
      RUNS,
    );
  });

  it('is read whatever it is full of', () => {
    for (const word of words)
      for (const before of ['', 'Bearer ', 'Bearer realm="', 'Bearer realm=', '"'])
        for (const after of ['', '\u0000', '"', ',']) parseChallenge(before + word.repeat(LONG) + after);
  });
});

describe('a manifest of any kind', () => {
  const keys = [
    'manifests',
    'config',
    'layers',
    'digest',
    'size',
    'platform',
    'os',
    'architecture',
    'variant',
  ];
  const words = [`sha256:${HEX}`, `sha512:${HEX}${HEX}`, 'sha256:', 'linux', 'amd64', 'v1'];

  it('is whole or is none', () => {
    fc.assert(
      fc.property(json([...keys, ...keys, ...HARMFUL], words), body => {
        const read = parseManifest(body);
        expectUnpolluted();
        if (!read.ok) {
          expect(read.problem).toMatch(/^[^\u0000-\u001f]{3,200}$/);
          return;
        }
        const descriptors =
          'manifests' in read.value ? read.value.manifests : [read.value.config, ...read.value.layers];
        for (const { digest, size } of descriptors) {
          expect(parseDigest(digest)).toBe(digest);
          expect(Number.isSafeInteger(size) && size >= 0).toBe(true);
        }
        if ('manifests' in read.value) entryFor(read.value, { os: 'linux', architecture: 'amd64' });
      }),
      RUNS,
    );
  });

  it('is none if it is any text', () => {
    fc.assert(
      fc.property(pieces(['{', '}', '[', ']', '"manifests"', ':', ',', '"', '\\u', '1e9'], LONG), body => {
        parseManifest(body);
        expectUnpolluted();
      }),
      { numRuns: 200 },
    );
  });
});

describe('a reference of any kind', () => {
  const words = [
    'a',
    'A',
    '1',
    '.',
    '-',
    '_',
    '__',
    '/',
    ':',
    '@',
    '[',
    ']',
    '::',
    'docker.io/',
    `@sha256:${HEX}`,
  ];

  const hosts = [
    'a.b:99999/',
    '0x7f.1/',
    '1.2.3/',
    '256.0.0.1/',
    '[:::]/',
    '[::1]:5000/',
    'A/',
    'xn--a.b/',
    'a.b:0/',
  ];

  it('is whole and can be said again, or is none', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...hosts), fc.constant('')), pieces(words, 300), (host, rest) => {
        const text = host + rest;
        const reference = parseReference(text);
        if (reference === undefined) return;
        expect(parseReference(formatReference(reference))).toEqual(reference);
        expect(reference.path).not.toMatch(/\.\.|[^a-z0-9._/-]/);
        const { pathname, hostname } = new URL(`https://${reference.registry}/v2/${reference.path}`);
        expect(pathname).toBe(`/v2/${reference.path}`);
        if (!hostname.startsWith('['))
          expect(hostname).toBe(reference.registry.toLowerCase().replace(/:\d+$/, ''));
      }),
      RUNS,
    );
  });

  it('is read whatever it is full of', () => {
    for (const word of words)
      for (const before of ['', 'a', 'a.b/', 'a/', 'a:'])
        for (const after of ['', '!', '/a', ':a']) parseReference(before + word.repeat(LONG) + after);
  });
});

describe('a token service that answers anything', () => {
  const keys = ['token', 'access_token', 'expires_in', 'errors', ...HARMFUL];
  const body = fc.oneof(
    json(keys, ['t0k3n', 'a\r\nb', 'ä', ' ']),
    pieces(['{"token":"', '"}', 'x', '\r\n'], LONG),
  );

  it('gives a token that can stand in a header, or a sentence', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 200, max: 599 }), body, async (status, text) => {
        const clock = { ...handClock(), sleep: async () => undefined };
        const asking = fetchToken(
          scriptedHttp(() => ({ status: status > 400 ? status : 200, body: text })),
          {
            challenge: { scheme: 'bearer', realm: 'https://auth.test/token', service: 's' },
            scope: 'repository:a:pull',
            credentials: undefined,
            registry: new URL('https://registry.test'),
            reach: 'public',
            clock,
            pace: openPace(clock),
          },
        );
        const result = await asking.catch((error: unknown) => {
          if (error instanceof RegistryError) return error;
          throw error;
        });
        expectUnpolluted();
        if (result instanceof RegistryError) expect(sentenceOf(result)).toMatch(/^[\x20-\x7e…]{10,400}$/);
        else expect(result.value).toMatch(/^[\x21-\x7e]+$/);
      }),
      { numRuns: 500 },
    );
  });
});
