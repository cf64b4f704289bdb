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
  expect(await examine(checks, PLACE)).toEqual([
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
  const [, found] = await examine([need, check('b', ok('fine'), [need])], PLACE);
  expect(found?.state).toBe(state);
  if (state === 'skipped') expect(found?.says).toBe('not without the home');
});

it('lets a mistake of ours be one', async () => {
  await expect(examine([check('a', new TypeError('x'))], PLACE)).rejects.toThrow(TypeError);
});

it('shows no secret', async () => {
  knownSecrets.learn(['hunter2hunter2']);
  expect(await examine([check('a', bad('x hunter2hunter2', 'y hunter2hunter2'))], PLACE)).toEqual([
    { what: 'a', state: 'bad', says: 'x ***', remedy: 'y ***' },
  ]);
});
