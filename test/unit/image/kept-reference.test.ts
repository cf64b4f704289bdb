import { expect, it } from 'vitest';
import { keptReference, parseKept } from '../../../src/image/kept-reference.ts';
import { familiarName } from '../../../src/image/reference.ts';

it.each(['web', 'a.b-c_d', 'X'])('keeps the image of %s under a name that says so', container => {
  const name = familiarName(keptReference(container, '1f0c9e77aa'));
  expect(name).toBe(`refreshd-kept:${container}.1f0c9e77aa`);
  expect(parseKept(name)).toEqual({ container, rolloutId: '1f0c9e77aa' });
});

it('shortens a container name that does not fit into a tag', () => {
  const { tag = '' } = keptReference('w'.repeat(200), 'r1');
  expect(tag).toBe(`${'w'.repeat(125)}.r1`);
});

it.each([
  'nginx:1',
  'refreshd-kept',
  'refreshd-kept:web',
  'refreshd-kept:.r1',
  'me/refreshd-kept:web.r1',
  '',
])('takes %s for none of them', name => {
  expect(parseKept(name)).toBeUndefined();
});
