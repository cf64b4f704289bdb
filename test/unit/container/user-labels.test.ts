import { expect, it } from 'vitest';
import { ROLLOUT_LABEL, USER_SET_LABEL } from '../../../src/container/rollout-label.ts';
import { userLabels, userSetOf } from '../../../src/container/user-labels.ts';
import { printUserSet } from '../../../src/container/user-set.ts';

const OURS = { [ROLLOUT_LABEL]: '{"id":"r1"}' };
const noted = (...entries: string[]) => ({ [USER_SET_LABEL]: printUserSet(new Set(entries)) });

it.each<[string, Record<string, string>, Record<string, string>, Record<string, string>]>([
  ['what differs from the image’s', { a: '1', b: '2' }, { a: '1', b: '3' }, { b: '2' }],
  ['nothing that the image brings', { 'refreshd.enable': 'true' }, { 'refreshd.enable': 'true' }, {}],
  ['what we wrote down', { a: '1', ...noted('Labels:a') }, { a: '1' }, { a: '1' }],
  [
    'nothing that the image says we wrote down',
    { a: '1', ...noted('Labels:a') },
    { a: '1', ...noted('Labels:a') },
    {},
  ],
  [
    'what we wrote down, even if the image foresaw it',
    { a: '1', ...noted('Labels:a'), ...OURS },
    { a: '1', ...noted('Labels:a') },
    { a: '1' },
  ],
  [
    'nothing that an image says we wrote down, although it says that we made it',
    { a: '1', ...noted('Labels:a'), ...OURS },
    { a: '1', ...noted('Labels:a'), ...OURS },
    {},
  ],
])('the user’s labels are %s', (_, container, image, expected) => {
  expect(userLabels(container, image)).toEqual(expected);
});

it.each<[string, Record<string, string>, Record<string, string>, string[]]>([
  ['nothing', {}, {}, []],
  ['the container’s list', noted('Env:2', 'User'), {}, ['Env:2', 'User']],
  ['the container’s where the image brings another', noted('User'), noted('Env:1'), ['User']],
  ['nothing where the image brings the same', noted('User'), noted('User'), []],
])('what was written down is %s', (_, container, image, expected) => {
  expect([...userSetOf(container, image)]).toEqual(expected);
});
