import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEntry, printEntry } from '../../../src/journal/entry-shape.ts';
import type { JournalEntry } from '../../../src/journal/journal.ts';
import type { Member } from '../../../src/plan/rollout.ts';
import { digestOf, follower, member, rollout } from '../../support/rollout-samples.ts';

const ENTRY: JournalEntry = {
  rollout: rollout(
    member({ name: 'wéb' }),
    follower({ fromDigest: undefined, probePort: undefined, running: false }),
  ),
  phase: 'switching',
  startedAt: 1_790_000_000_000,
  attempts: 1,
  failure: { reason: 'its HEALTHCHECK says unhealthy: "née"', blame: 'image' },
};

const texts = fc.string({ minLength: 1, unit: 'grapheme' });
const digests = fc.constantFrom(digestOf('0'), digestOf('f'));
const members: fc.Arbitrary<Member> = fc.record({
  name: texts,
  predecessor: texts,
  reference: texts,
  fromImage: texts,
  fromDigest: fc.option(digests, { nil: undefined }),
  fromManifest: fc.option(digests, { nil: undefined }),
  target: fc.oneof(
    fc.record({
      kind: fc.constant('offered' as const),
      digest: digests,
      aliases: fc.array(digests, { maxLength: 2 }),
      pulled: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('kept' as const),
      image: texts,
      digest: fc.option(digests, { nil: undefined }),
    }),
    fc.constant({ kind: 'same' as const }),
  ),
  restart: fc.record({ Name: fc.string(), MaximumRetryCount: fc.nat() }),
  running: fc.boolean(),
  vanishes: fc.boolean(),
  startedAt: fc.option(texts, { nil: undefined }),
  wasHealthy: fc.boolean(),
  ports: fc.array(texts, { maxLength: 2 }),
  probePort: fc.option(fc.nat(), { nil: undefined }),
  stopGrace: fc.nat(),
});
const entries: fc.Arbitrary<JournalEntry> = fc.record({
  rollout: fc.record({
    id: fc.stringMatching(/^[0-9a-z]{1,10}$/),
    home: fc.string(),
    members: fc.array(members, { minLength: 1, maxLength: 3 }),
  }),
  phase: fc.constantFrom('preparing', 'switching', 'committed', 'undoing'),
  startedAt: fc.nat(),
  attempts: fc.nat(),
  engine: texts,
  failure: fc.option(
    fc.record({ reason: fc.string({ unit: 'grapheme' }), blame: fc.constantFrom('image', 'environment') }),
    { nil: undefined },
  ),
});

describe('a journal entry', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(entries, entry => {
        expect(parseEntry(printEntry(entry))).toStrictEqual({ ok: true, value: structuredClone(entry) });
      }),
    );
  });

  it('is one line with its version', () => {
    expect(printEntry(ENTRY)).toMatch(/^\{"v":1,"sum":"[0-9a-f]{16}","entry":\{.*\}\}\n$/);
  });

  it('is refused if it is cut off anywhere', () => {
    const bytes = Buffer.from(printEntry(ENTRY));
    const accepted = [...bytes.keys()].filter(length => parseEntry(bytes.toString('utf8', 0, length)).ok);
    // All that may be missing is the end of the line.
    expect(accepted).toEqual([bytes.length - 1]);
  });

  it('is refused, or the same, if any one byte is another', () => {
    const bytes = Buffer.from(printEntry(ENTRY));
    const wrong: string[] = [];
    let refused = 0;
    const tryByte = (at: number, value: number) => {
      const garbled = Buffer.from(bytes);
      garbled[at] = value;
      const read = parseEntry(garbled.toString());
      if (!read.ok) refused += 1;
      else if (JSON.stringify(read.value) !== JSON.stringify(ENTRY)) wrong.push(`byte ${at} as ${value}`);
    };
    for (const [at, byte] of bytes.entries()) {
      for (const value of [0x00, 0x20, 0x22, 0x2c, 0x30, 0x39, 0x7d, 0xff, byte ^ 1, byte ^ 0x20, byte + 1])
        if (value !== byte) tryByte(at, value);
    }
    expect(wrong).toEqual([]);
    expect(refused).toBeGreaterThan(bytes.length * 9);
  });

  it.each([
    ['nothing', '', 'it is empty'],
    ['no JSON', '{', 'it is not JSON'],
    ['another version', printEntry(ENTRY).replace('"v":1', '"v":2'), 'v: '],
    ['no checksum', '{"v":1,"entry":{}}', 'sum: '],
    ['a wrong checksum', '{"v":1,"sum":"0000000000000000","entry":{}}', 'its checksum is wrong'],
    // The checksum of {} is right here, but it is no entry.
    ['a right checksum of something else', '{"v":1,"sum":"44136fa355b3678a","entry":{}}', 'rollout: '],
  ])('says what is wrong with %s', (_, text, problem) => {
    const read = parseEntry(text);
    expect(read.ok ? '' : read.problem).toMatch(new RegExp(`^${problem}`));
  });

  it('holds nothing that its shape does not name', () => {
    const secret = { Env: ['TOKEN=hunter2'], Labels: { key: 'hunter2' }, password: 'hunter2' };
    const [first, ...others] = ENTRY.rollout.members;
    const overfull = {
      ...ENTRY,
      ...secret,
      failure: { reason: 'r', blame: 'image', ...secret },
      rollout: {
        ...ENTRY.rollout,
        ...secret,
        members: [
          {
            ...first,
            ...secret,
            target: { ...first?.target, ...secret },
            restart: { ...first?.restart, ...secret },
          },
          ...others,
        ],
      },
    } as JournalEntry;
    expect(printEntry(overfull)).not.toMatch(/hunter2|Env|Labels|password/);
    expect(printEntry(overfull)).toBe(printEntry({ ...ENTRY, failure: { reason: 'r', blame: 'image' } }));
  });

  it.each<[string, Partial<JournalEntry>]>([
    ['without members', { rollout: { id: 'r1', home: 'h', members: [] } }],
    ['with an id that is no file name', { rollout: { ...rollout(), id: '../r1' } }],
    ['with a digest that is none', { rollout: rollout(member({ fromDigest: 'sha256:1' as never })) }],
    ['in no known phase', { phase: 'paused' as never }],
    ['with half an attempt', { attempts: 0.5 }],
  ])('is never written %s', (_, over) => {
    expect(() => printEntry({ ...ENTRY, ...over })).toThrow();
  });
});
