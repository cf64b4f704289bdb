import { expect, it } from 'vitest';
import { FolderError } from '../../../../src/base/own-folder.ts';
import {
  bad,
  type Check,
  ok,
  type Place,
  skipped,
  type Verdict,
  warn,
} from '../../../../src/cli/doctor/check.ts';
import { examine } from '../../../../src/cli/doctor/examine.ts';
import { knownSecrets } from '../../../../src/cli/known-secrets.ts';

const PLACE = {} as Place;
const findings = async (checks: readonly Check[], longest?: number) =>
  [...(await examine(checks, PLACE, new Map(), longest)).values()].flat();
const check = (what: string, verdict: Verdict | Error, needs: readonly Check[] = []): Check => ({
  what,
  needs,
  look: async () => {
    if (verdict instanceof Error) throw verdict;
    return verdict;
  },
});

it('goes on whatever a check comes to', async () => {
  const checks = [
    check('a', ok('fine')),
    check('b', new FolderError('not-a-folder', 'No folder.', { hint: 'Make one.' })),
    check('c', warn('so so', 'Better it.')),
  ];
  expect(await findings(checks)).toEqual([
    { what: 'a', state: 'ok', says: 'fine', remedy: '' },
    { what: 'b', state: 'bad', says: 'No folder.', remedy: 'Make one.' },
    { what: 'c', state: 'warn', says: 'so so', remedy: 'Better it.' },
  ]);
});

it.each([
  [ok('fine'), 'ok'],
  [warn('so so', ''), 'ok'],
  [bad('no', ''), 'skipped'],
  [skipped('unknown'), 'skipped'],
])('where what it needs is %j, a check is %s', async (verdict, state) => {
  const need = check('the home', verdict);
  const [, found] = await findings([need, check('b', ok('fine'), [need])]);
  expect(found?.state).toBe(state);
  if (state === 'skipped') expect(found?.says).toBe('not without the home');
});

it('goes on after a mistake of ours, and says that it is one', async () => {
  const [mistake, next] = await findings([check('a', new TypeError('x')), check('b', ok('fine'))]);
  expect(mistake?.state).toBe('bad');
  expect(mistake?.says).toMatch(/^This is a mistake in refreshd, please report it: TypeError: x/);
  expect(next?.state).toBe('ok');
});

it('waits for nothing longer than it should', async () => {
  const hangs: Check = { what: 'a', look: () => new Promise(() => undefined) };
  const [late, next] = await findings([hangs, check('b', ok('fine'))], 20);
  expect(late).toMatchObject({ state: 'bad', says: 'nothing was found out within 0.02 s' });
  expect(next?.state).toBe('ok');
});

it('goes by what was found before, and by the worst of several findings', async () => {
  const need = check('the home', ok('fine'));
  const mixed: Check = { what: 'c', look: async () => [ok('fine'), bad('no', 'Do.')] };
  const before = await examine([need], PLACE);
  const all = await examine([mixed, check('b', ok('so')), check('d', ok('d'), [mixed])], PLACE, before);
  expect([...all.values()].flat().map(({ what, state }) => `${what} ${state}`)).toEqual([
    'the home ok',
    'c ok',
    'c bad',
    'b ok',
    'd skipped',
  ]);
  const last = check('e', ok('e'), [need]);
  expect((await examine([last], PLACE, before)).get(last)?.[0]?.state).toBe('ok');
});

it('shows no secret', async () => {
  knownSecrets.learn(['hunter2hunter2']);
  expect(await findings([check('a', bad('x hunter2hunter2', 'y hunter2hunter2'))])).toEqual([
    { what: 'a', state: 'bad', says: 'x ***', remedy: 'y ***' },
  ]);
});
