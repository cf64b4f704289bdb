import { expect, it } from 'vitest';
import { basicAuth, secretsIn } from '../../../src/registry/credentials.ts';

it('writes basic authentication as RFC 7617 does', () => {
  expect(basicAuth({ username: 'Aladdin', password: 'open sesame' })).toBe(
    'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
  );
  expect(basicAuth({ username: 'é', password: 'ü' })).toBe('Basic w6k6w7w=');
});

it('knows what of them is secret', () => {
  expect(secretsIn({ identityToken: 'refresh' })).toEqual(['refresh']);
  expect(secretsIn({ username: 'me', password: 'pw' })).toEqual(['pw', 'bWU6cHc=']);
});
