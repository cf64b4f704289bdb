import { expect, it } from 'vitest';
import { type NewsEvidence, staleWords } from '../../../src/plan/stale.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 20, 12);
const ago = (days: number) => NOW - days * DAY;
const seen = (first: number, last = first) => ({ first: ago(first), last: ago(last) });

it.each<[string, Partial<NewsEvidence>, RegExp | undefined]>([
  ['seen long ago', { news: seen(200) }, /for 200 d \(first seen here on 2025-12-0[12]\)/],
  ['seen long ago to the day', { news: seen(180) }, /for 180 d/],
  ['seen a day less long ago', { news: seen(179) }, undefined],
  ['another seen since', { news: seen(400, 10) }, undefined],
  ['another seen since, long ago', { news: seen(400, 190) }, /for 190 d/],
  ['never asked for', { news: seen(400), after: 0 }, undefined],
  ['not known', { news: undefined, created: '2020-01-01T00:00:00Z' }, undefined],
  ['made long ago', { created: '2025-06-20T12:00:00Z' }, /for 365 d \(made on 2025-06-20 by its own word\)/],
  ['made long ago, but it came as another', { news: seen(9, 1), created: '2025-01-01T00:00:00Z' }, undefined],
  ['made lately', { created: '2026-06-01T00:00:00Z' }, undefined],
  ['made in 1970', { created: '1970-01-01T00:00:00Z' }, undefined],
  ['made in 1980', { created: '1980-01-01T00:00:01Z' }, undefined],
  ['made in the year 1', { created: '0001-01-01T00:00:00Z' }, undefined],
  ['made in the future', { created: '2031-01-01T00:00:00Z' }, undefined],
  ['made on no day', { created: '\u001b[31msoon' }, undefined],
  ['seen in the future', { news: { first: NOW + DAY, last: NOW + DAY } }, undefined],
])('an image that was %s', (_, over, says) => {
  const words = staleWords({ now: NOW, after: 180 * DAY, news: seen(1), created: undefined, ...over });
  if (says === undefined) expect(words).toBeUndefined();
  else expect(words).toMatch(says);
});
