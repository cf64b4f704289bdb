import { expect, it } from 'vitest';
import type { Challenge } from '../../../src/registry/challenge.ts';
import { expectSame } from '../../../src/registry/realm.ts';

const bearer = (realm: string): Challenge => ({ scheme: 'bearer', realm, service: 's' });
const BASIC: Challenge = { scheme: 'basic' };
const NONE: Challenge = { scheme: 'none' };
const A = bearer('https://a.test/token');

it.each<[string, Challenge | undefined, Challenge, string | undefined]>([
  ['nothing was learnt', undefined, A, undefined],
  ['nothing was wanted', NONE, A, undefined],
  ['the password was wanted, and a token service is named', BASIC, A, undefined],
  ['the same', A, A, undefined],
  ['another path', A, bearer('https://a.test/v2/auth?x=y'), undefined],
  ['a spelling of the same', A, bearer('https://A.TEST:443/token'), undefined],
  ['nothing is wanted any more', A, NONE, undefined],
  ['another host', A, bearer('https://b.test/token'), 'names b.test'],
  ['another port', A, bearer('https://a.test:444/token'), 'names a.test:444'],
  ['a longer name', A, bearer('https://a.test.b.test/token'), 'names a.test.b.test'],
  ['a user of that name', A, bearer('https://a.test@b.test/token'), 'names b.test'],
  ['what is no address', A, bearer('\u001b[31ma.test'), 'names what is no address'],
  ['the password', A, BASIC, 'wants the password itself'],
])('%s', (_, learnt, now, instead) => {
  const hold = () => expectSame('registry.test', learnt, now);
  if (instead === undefined) expect(hold).not.toThrow();
  else expect(hold).toThrow(`registry.test had its logins checked by a.test so far, and now ${instead}.`);
});
