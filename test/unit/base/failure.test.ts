import { expect, it } from 'vitest';
import { Failure, sentenceOf, systemCode } from '../../../src/base/failure.ts';

class DoorError extends Failure<'locked'> {}

it('bears the name of its class, its code and nothing it was not given', () => {
  const plain = new DoorError('locked', 'The door is locked.');
  expect(plain).toMatchObject({ name: 'DoorError', code: 'locked', hint: '', retryable: false });
  expect('cause' in plain).toBe(false);
});

it('keeps hint, cause and whether it may be tried again', () => {
  const cause = new Error('why');
  const details = { hint: 'Knock.', cause, retryable: true };
  expect(new DoorError('locked', 'Locked.', details)).toMatchObject(details);
});

it.each([
  ['a failure', new DoorError('locked', 'The door is locked.'), 'The door is locked.'],
  ['a failure with a hint', new DoorError('locked', 'Locked.', { hint: 'Knock.' }), 'Locked. Knock.'],
  ['any error', new TypeError('not a function'), 'not a function'],
  ['anything thrown', 'just text', 'just text'],
])('says one sentence of %s', (_, error, expected) => {
  expect(sentenceOf(error)).toBe(expected);
});

const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });

it.each([
  ['an error of the system', refused, 'ECONNREFUSED'],
  [
    'one that another was caused by',
    new Error('b', { cause: new Error('a', { cause: refused }) }),
    'ECONNREFUSED',
  ],
  ['a number, which is no code of the system', Object.assign(new Error('http'), { code: 404 }), undefined],
  ['an error without a code', new Error('plain'), undefined],
  ['what is no error', { code: 'ENOENT' }, undefined],
])('finds the code of %s', (_, error, expected) => {
  expect(systemCode(error)).toBe(expected);
});

it('does not go round in circles', () => {
  const circle = new Error('round');
  circle.cause = circle;
  expect(systemCode(circle)).toBeUndefined();
});
