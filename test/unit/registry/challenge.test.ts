import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Challenge, parseChallenge } from '../../../src/registry/challenge.ts';

const bearer = (realm: string, service?: string): Challenge => ({ scheme: 'bearer', realm, service });
const T = 'https://auth.test/token';

describe('a challenge', () => {
  it.each<[string, Challenge | undefined]>([
    [`Bearer realm="${T}",service="registry.test"`, bearer(T, 'registry.test')],
    [`Bearer realm="${T}",service="s",scope="repository:a/b:pull,push"`, bearer(T, 's')],
    [`bearer  realm = "${T}" ,\tservice = s `, bearer(T, 's')],
    [`BEARER REALM="${T}"`, bearer(T)],
    [`Bearer realm=${T},service=s`, bearer(T, 's')],
    [
      `Bearer realm="${T}?a=b\\"c\\\\d", service="a, Basic realm=x"`,
      bearer(`${T}?a=b"c\\d`, 'a, Basic realm=x'),
    ],
    [`Bearer service="",realm="${T}"`, bearer(T, '')],
    ['Basic realm="x"', { scheme: 'basic' }],
    ['Basic', { scheme: 'basic' }],
    [`Basic realm="x", Bearer realm="${T}",service="s"`, bearer(T, 's')],
    [`Bearer realm="${T}",service="s", Basic realm="x"`, bearer(T, 's')],
    [`Bearer realm="${T}", Bearer realm="https://other.test/"`, bearer(T)],
    [`Negotiate, Digest realm="d", nonce="n", Basic realm="x"`, { scheme: 'basic' }],
    ['Negotiate YWJj==, Basic realm="x"', { scheme: 'basic' }],
    ['Bearer realm="", Basic realm="x"', { scheme: 'basic' }],
    ['Bearer', undefined],
    ['Bearer realm=""', undefined],
    ['Bearer service="s"', undefined],
    ['Bearerrealm="x"', undefined],
    ['Negotiate', undefined],
    ['realm="x"', undefined],
    ['', undefined],
    ['  ,, ', undefined],
    [`Bearer realm="${T}`, undefined],
  ])('%s', (header, expected) => {
    expect(parseChallenge(header)).toEqual(expected);
  });

  // RFC 9110, section 11.2: a token68 may hold a slash.
  it('after one with a token of any allowed letters', () => {
    expect(parseChallenge('Negotiate a/b==, Basic realm="x"')).toEqual({ scheme: 'basic' });
  });

  it('is found in no garbage, and quickly', () => {
    const letters = fc.constantFrom(...'"\\ ,=\t/aB', 'Bearer ', 'realm=', 'Basic ', '"');
    fc.assert(
      fc.property(
        fc.array(letters).map(all => all.join('')),
        header => {
          const found = parseChallenge(header);
          if (found?.scheme === 'bearer') expect(header).toMatch(/bearer.*realm/is);
          if (found?.scheme === 'basic') expect(header).toMatch(/basic/i);
        },
      ),
    );
    const begun = performance.now();
    for (const each of [' ', '\\', '"', 'a', 'a,', 'a=', '="', ', '])
      parseChallenge(`Bearer ${each.repeat(500_000)}`);
    expect(performance.now() - begun).toBeLessThan(3000);
  });
});
