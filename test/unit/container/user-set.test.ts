import { expect, it } from 'vitest';
import { NOTHING_SET, parseUserSet, printUserSet } from '../../../src/container/user-set.ts';

it('is written in one order, whatever it grew in', () => {
  expect(printUserSet(new Set(['User', 'Env:3', 'Labels:a, b=c']))).toBe('["Env:3","Labels:a, b=c","User"]');
});

it.each([
  [undefined, []],
  ['', []],
  ['[]', []],
  ['["Env:3","Labels:two\\nlines"]', ['Env:3', 'Labels:two\nlines']],
  ['Env:3', []],
  ['{"Env":3}', []],
])('is read from %j', (text, expected) => {
  expect([...parseUserSet(text)]).toEqual(expected);
});

it('is empty where nothing was written down', () => {
  expect(printUserSet(NOTHING_SET)).toBe('[]');
});
