import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText } from '../../src/base/clean-text.ts';
import { parseDuration } from '../../src/base/duration.ts';
import { parseRolloutName, predecessorName, successorName } from '../../src/container/names.ts';
import { parseRolloutLabel, printRolloutLabel } from '../../src/container/rollout-label.ts';
import { parseUserSet, printUserSet } from '../../src/container/user-set.ts';
import { parseDigest } from '../../src/image/digest.ts';
import { formatPlatform, normalPlatform, platformDistance } from '../../src/image/platform.ts';
import { familiarName, formatReference, parseReference } from '../../src/image/reference.ts';
import { digestsOf } from '../../src/image/repo-digests.ts';

const chars = (all: string, size: fc.StringConstraints) =>
  fc.string({ unit: fc.constantFrom(...all), ...size });
const ALNUM = 'abcxyz0189';
const digest = chars('0123456789abcdef', { minLength: 64, maxLength: 64 }).map(hex => `sha256:${hex}`);

describe('a reference', () => {
  const part = fc
    .array(chars(ALNUM, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 })
    .chain(words => fc.constantFrom('-', '_', '__', '--').map(separator => words.join(separator)));
  const hosts = [
    'docker.io',
    'ghcr.io',
    'localhost',
    'localhost:5000',
    '127.0.0.1:5000',
    '[::1]:443',
    'Intra',
    'a-b.c:1',
  ];
  const tag = chars(`${ALNUM}ABC._-`, { minLength: 1, maxLength: 20 }).filter(text => /^\w/.test(text));
  const reference = fc
    .record({
      registry: fc.constantFrom(...hosts),
      parts: fc.array(part, { minLength: 1, maxLength: 3 }),
      tag: fc.option(tag, { nil: undefined }),
      digest: fc.option(digest.map(parseDigest), { nil: undefined }),
    })
    // What is on Docker Hub, and neither tag nor digest, has more than one name; here it is the whole one.
    .map(({ registry, parts, ...version }) => ({
      registry,
      path: registry === 'docker.io' && parts.length === 1 ? `library/${parts[0]}` : parts.join('/'),
      ...version,
      tag: version.tag ?? (version.digest === undefined ? 'latest' : undefined),
    }));

  it('is read as it was written, in either way', () => {
    fc.assert(
      fc.property(reference, each => {
        expect(parseReference(formatReference(each))).toEqual(each);
        expect(parseReference(familiarName(each))).toEqual(each);
      }),
    );
  });

  it('finds its digest among those of others', () => {
    fc.assert(
      fc.property(reference, reference, digest, (one, other, text) => {
        const own = parseDigest(text);
        const list = [one, other].map(each => familiarName({ ...each, tag: undefined, digest: own }));
        const isSame = one.registry === other.registry && one.path === other.path;
        expect(digestsOf({ RepoDigests: list }, one)).toEqual(isSame ? [own, own] : [own]);
      }),
    );
  });

  it('is either read to what can be written, or not read', () => {
    const junk = fc.string({ unit: fc.constantFrom(...'aB0.:/@-_[] \n', 'sha256:', 'docker.io') });
    fc.assert(
      fc.property(junk, text => {
        const read = parseReference(text);
        expect(read && parseReference(formatReference(read))).toEqual(read);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a platform', () => {
  const platform = fc.record({
    os: fc.constantFrom('linux', 'Linux', 'windows'),
    architecture: fc.constantFrom(
      'amd64',
      'x86_64',
      'arm64',
      'aarch64',
      'arm',
      'armhf',
      'armv6l',
      '386',
      'riscv64',
    ),
    variant: fc.constantFrom(undefined, '', 'v5', 'v6', 'v7', 'v8', 'v9'),
  });

  it('is the same in one spelling as in another', () => {
    fc.assert(
      fc.property(platform, each => {
        const [os = '', architecture = '', variant] = formatPlatform(each).split('/');
        expect(normalPlatform({ os, architecture, variant })).toEqual(normalPlatform(each));
        expect(platformDistance(each, normalPlatform(each))).toBe(0);
      }),
    );
  });

  it('runs on another or the other on it, unless they are the same', () => {
    fc.assert(
      fc.property(platform, platform, (a, b) => {
        const [there, back] = [platformDistance(a, b), platformDistance(b, a)];
        const isSame = formatPlatform(a) === formatPlatform(b);
        expect([there, back].filter(distance => distance === 0)).toHaveLength(isSame ? 2 : 0);
        if (!isSame) expect([there, back]).toContain(undefined);
      }),
    );
  });
});

describe('what we write on a container', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 });
  const id = chars(ALNUM, { minLength: 1 });

  it('is read as it was written: the label of a rollout', () => {
    const label = fc.record(
      {
        ...{
          v: fc.constant(1 as const),
          id,
          home: text,
          name: text,
          predecessor: text,
          from: text,
          reference: text,
        },
        ...{
          restart: fc.record({ name: text, retries: fc.nat() }),
          running: fc.boolean(),
          role: fc.constantFrom('successor' as const, 'stand-in' as const, 'restored' as const),
          vanishes: fc.boolean(),
          digest,
          place: fc.nat(),
        },
      },
      {
        requiredKeys: [
          ...([
            'v',
            'id',
            'home',
            'name',
            'predecessor',
            'from',
            'reference',
            'restart',
            'running',
            'role',
            'vanishes',
          ] as const),
          'place',
        ],
      },
    );
    fc.assert(
      fc.property(label, each => {
        expect(parseRolloutLabel(printRolloutLabel(each))).toEqual(each);
      }),
    );
  });

  it('is read as it was written: what is the user’s', () => {
    const set = fc.array(text).map(entries => new Set(entries));
    fc.assert(
      fc.property(set, each => {
        expect(parseUserSet(printUserSet(each))).toEqual(each);
      }),
    );
  });

  it('is read as it was written: the name it bears meanwhile', () => {
    const name = chars(`${ALNUM}_.-`, { minLength: 1 });
    fc.assert(
      fc.property(name, id, (plain, rolloutId) => {
        expect(parseRolloutName(successorName(plain, rolloutId))).toEqual({
          name: plain,
          rolloutId,
          role: 'new',
        });
        expect(parseRolloutName(predecessorName(plain, rolloutId))).toEqual({
          name: plain,
          rolloutId,
          role: 'old',
        });
      }),
    );
  });
});

it('a duration is so many of its unit', () => {
  const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  fc.assert(
    fc.property(fc.nat(366), fc.constantFrom('ms', 's', 'm', 'h', 'd'), (count, unit) => {
      expect(parseDuration(`${count}${unit}`)).toBe(count * units[unit]);
    }),
  );
});

it('clean text is short, on one line, without controls, and stays as it is when cleaned again', () => {
  const wild = fc.string({
    unit: fc.oneof(fc.constantFrom('\u001b', '[', ']', 'm', ' ', '\n'), fc.string({ unit: 'binary' })),
  });
  fc.assert(
    fc.property(wild, fc.integer({ min: 1, max: 30 }), (text, limit) => {
      const clean = cleanText(text, limit);
      expect(clean.length).toBeLessThanOrEqual(limit);
      expect(clean).not.toMatch(/\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      expect(cleanText(clean, limit)).toBe(clean);
    }),
    { numRuns: 1000 },
  );
});
