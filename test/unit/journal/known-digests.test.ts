import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type KnownDigests,
  knownSince,
  newsOf,
  openKnownDigests,
  ranSince,
  withSightings,
} from '../../../src/journal/known-digests.ts';
import { digestOf } from '../../support/rollout-samples.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const A = digestOf('a');
const B = digestOf('b');
const WEB = 'registry.test/web:1';
const offered = (digest = A, reference = WEB) => ({ reference, digest, runs: false });
const running = (digest = A, reference = WEB) => ({ reference, digest, runs: true });

describe('what is known', () => {
  it('is since when it was seen first, under that very name', async () => {
    const memory = openKnownDigests(tempFolder());
    await memory.remember(withSightings([], [offered()], 10));
    const { value } = await memory.recall();
    const known = withSightings(value, [offered(), offered(B), offered(A, 'registry.test/web:2')], 20);
    expect(knownSince(known, WEB, [A])).toBe(10);
    expect(knownSince(known, WEB, [B])).toBe(20);
    expect(knownSince(known, WEB, [B, A])).toBe(10);
    expect(knownSince(known, 'registry.test/web:2', [A])).toBe(20);
    expect(knownSince(known, 'registry.test/web', [A])).toBeUndefined();
    expect(newsOf(known, WEB)).toEqual({ first: 10, last: 20 });
    expect(newsOf(known, 'other')).toBeUndefined();
  });

  it('is when it ran first, which may be later, and is not forgotten', () => {
    const seen = withSightings([], [offered(), running(B)], 10);
    expect([ranSince(seen, WEB, [A]), ranSince(seen, WEB, [B])]).toEqual([undefined, 10]);
    const later = withSightings(withSightings(seen, [running()], 20), [offered(), offered(B)], 30);
    expect([ranSince(later, WEB, [A]), ranSince(later, WEB, [B]), knownSince(later, WEB, [A])]).toEqual([
      20, 10, 10,
    ]);
  });

  it('is not in the future: a clock that was put back makes nobody wait for longer than from now on', () => {
    const seen = withSightings([], [running()], 1000);
    const now = withSightings(seen, [running()], 10);
    expect([knownSince(now, WEB, [A]), ranSince(now, WEB, [A])]).toEqual([10, 10]);
  });

  it('is bounded, and what was not seen for longest goes first; but nothing that is seen now', () => {
    const names = Array.from({ length: 5000 }, (_, index) => offered(A, `n${index}`));
    const full = withSightings(withSightings([], names, 1), [offered(A, 'n0'), offered(A, 'new')], 2);
    expect(full).toHaveLength(5000);
    expect([knownSince(full, 'n0', [A]), knownSince(full, 'n1', [A]), knownSince(full, 'new', [A])]).toEqual([
      1,
      undefined,
      2,
    ]);
    const more = Array.from({ length: 6000 }, (_, index) => offered(A, `m${index}`));
    expect(withSightings(full, more, 3)).toHaveLength(6000);
  });

  it('never grows younger while the clock goes on, and is never of the future', () => {
    const look = fc.record({
      step: fc.integer({ min: -50, max: 100 }),
      digests: fc.array(fc.constantFrom(A, B), { maxLength: 2 }),
    });
    fc.assert(
      fc.property(fc.array(look), looks => {
        let known: KnownDigests = [];
        let now = 1000;
        for (const { step, digests } of looks) {
          const before = known;
          now += step;
          known = withSightings(
            known,
            digests.map(digest => offered(digest)),
            now,
          );
          for (const digest of digests) {
            const since = knownSince(known, WEB, [digest]) ?? Number.NaN;
            expect(since).toBe(Math.min(knownSince(before, WEB, [digest]) ?? now, now));
          }
        }
      }),
    );
  });
});
