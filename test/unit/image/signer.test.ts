import { expect, it } from 'vitest';
import { isSigner, parseIdentity, parseIssuer } from '../../../src/image/signer.ts';

it.each([
  'me@example.com',
  'https://github.com/me/app/.github/workflows/release.yml@refs/tags/v1.0.0',
  'https://github.com/me/app/.github/workflows/release.yml@*',
  'https://github.com/me/*',
  'spiffe://cluster.local/ns/ci/sa/builder',
])('reads %s', text => {
  expect(parseIdentity(` ${text} `)).toBe(text);
});

it.each([
  '',
  '  ',
  '*',
  '*@example.com',
  'me@*',
  'https://*',
  'https://github.com/*',
  'https://github.com/me*',
  'https://github.com//*',
  'https://github.com/*/app',
  'https://github.com/me/**',
  'http://github.com/me/*',
  'two words',
  'x'.repeat(3000),
])('refuses %j', text => {
  expect(parseIdentity(text)).toBeUndefined();
});

it('reads an issuer that is an address, as it stands', () => {
  expect(parseIssuer(' https://accounts.google.com ')).toBe('https://accounts.google.com');
  expect(parseIssuer('https://oidc.test/Realm/')).toBe('https://oidc.test/Realm/');
  for (const text of ['', 'accounts.google.com', 'http://oidc.test', 'https://', 'https:// x', 'ftp://x'])
    expect(parseIssuer(text)).toBeUndefined();
});

it('knows a signer by identity and issuer, letter by letter', () => {
  const wanted = { identity: 'https://git.test/me/*', issuer: 'https://issuer.test' };
  const found = { identity: 'https://git.test/me/app@v1', issuer: 'https://issuer.test' };
  expect(isSigner(wanted, found)).toBe(true);
  expect(isSigner(wanted, { ...found, issuer: 'https://issuer.test/' })).toBe(false);
  expect(isSigner(wanted, { ...found, identity: 'https://git.test/meanie/app' })).toBe(false);
  expect(isSigner({ ...wanted, identity: 'a.c' }, { ...found, identity: 'abc' })).toBe(false);
  expect(isSigner({ ...wanted, identity: 'abc' }, { ...found, identity: 'abcd' })).toBe(false);
});
