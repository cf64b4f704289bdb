import { expect, it } from 'vitest';
import type { LabelWishes } from '../../../src/container/labels.ts';
import { demandWords, signatureDemand, type VerifyPolicy } from '../../../src/plan/signature-demand.ts';

const WHOLE = { key: 'cosign.pub', identity: 'me@test', issuer: 'https://issuer.test', root: 'root.json' };

/** The demand in one line. */
function demanded(policy: VerifyPolicy, wishes: LabelWishes = {}): string {
  const demand = signatureDemand(policy, wishes);
  if (typeof demand === 'string') return `problem: ${demand}`;
  return demand.kind === 'none' ? 'none' : demandWords(demand);
}

it.each<[string, VerifyPolicy, LabelWishes, string]>([
  ['off', { verify: 'off' }, {}, 'none'],
  ['off although a key is named', { ...WHOLE, verify: 'off' }, {}, 'none'],
  ['by key', { ...WHOLE, verify: 'key' }, {}, 'a signature by the key in cosign.pub'],
  ['by signer', { ...WHOLE, verify: 'keyless' }, {}, 'a signature by me@test (https://issuer.test)'],
  ['key by label', { verify: 'off' }, { verifyKey: 'a.pub' }, 'a signature by the key in a.pub'],
  [
    'another key by label',
    { ...WHOLE, verify: 'key' },
    { verifyKey: 'a.pub' },
    'a signature by the key in a.pub',
  ],
  [
    'key by label over keyless',
    { ...WHOLE, verify: 'keyless' },
    { verifyKey: 'a.pub' },
    'a signature by the key in a.pub',
  ],
  ['kind by label', { ...WHOLE, verify: 'off' }, { verify: 'key' }, 'a signature by the key in cosign.pub'],
  [
    'identity by label',
    { ...WHOLE, verify: 'key' },
    { verifyIdentity: 'you@test' },
    'a signature by you@test (https://issuer.test)',
  ],
  [
    'issuer by label',
    { ...WHOLE, verify: 'keyless' },
    { verifyIssuer: 'https://other.test' },
    'a signature by me@test (https://other.test)',
  ],
  ['off by label', { ...WHOLE, verify: 'key' }, { verify: 'off' }, 'none'],
  ['off by label although it names a key', { verify: 'off' }, { verify: 'off', verifyKey: 'a.pub' }, 'none'],
])('%s', (_case, policy, wishes, words) => {
  expect(demanded(policy, wishes)).toBe(words);
});

it.each<[LabelWishes, RegExp]>([
  [
    { verifyKey: 'a.pub', verifyIdentity: 'me@test' },
    /name a key and an identity: label refreshd\.verify must say/,
  ],
  [{ verify: 'key' }, /set label refreshd\.verify\.key or REFRESHD_VERIFY_KEY/],
  [{ verify: 'keyless' }, /set label refreshd\.verify\.identity or REFRESHD_VERIFY_IDENTITY/],
  [{ verifyRoot: 'root.json' }, /set label refreshd\.verify\.identity or/],
  [{ verifyIdentity: 'me@test' }, /set label refreshd\.verify\.issuer or REFRESHD_VERIFY_ISSUER/],
])('says what is missing of %j', (wishes, problem) => {
  expect(demanded({ verify: 'off' }, wishes)).toMatch(problem);
});

it('takes the root from the label, then from the settings', () => {
  const policy: VerifyPolicy = { ...WHOLE, verify: 'keyless' };
  expect(signatureDemand(policy, { verifyRoot: 'mine.json' })).toMatchObject({ rootFile: 'mine.json' });
  expect(signatureDemand(policy, {})).toMatchObject({ rootFile: 'root.json' });
});
