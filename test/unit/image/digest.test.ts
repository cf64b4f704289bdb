import { expect, it } from 'vitest';
import { isIdOf, parseDigest, shortDigest } from '../../../src/image/digest.ts';

const HEX = '0123456789abcdef'.repeat(8);

it.each([`sha256:${HEX.slice(0, 64)}`, `sha512:${HEX}`])('reads %s', text => {
  expect(parseDigest(text)).toBe(text);
});

it.each([
  ['nothing', ''],
  ['no algorithm', HEX.slice(0, 64)],
  ['too short', `sha256:${HEX.slice(0, 63)}`],
  ['too long', `sha256:${HEX.slice(0, 65)}`],
  ['the length of the other algorithm', `sha512:${HEX.slice(0, 64)}`],
  ['capitals', `sha256:${HEX.slice(0, 64).toUpperCase()}`],
  ['another algorithm', `md5:${HEX.slice(0, 32)}`],
  ['a line more', `sha256:${HEX.slice(0, 64)}\n`],
  ['a path in it', `sha256:../${HEX.slice(0, 61)}`],
])('does not read %s', (_, text) => {
  expect(parseDigest(text)).toBeUndefined();
});

it.each([`sha256:${HEX}`, `sha512:${HEX}`, HEX])('quotes twelve digits of it', text => {
  expect(shortDigest(text)).toBe('0123456789ab');
});

it.each([
  [`sha256:${HEX.slice(0, 64)}`, true],
  [HEX.slice(0, 64), true],
  [HEX.slice(0, 12), true],
  ['0123', true],
  ['012', false],
  ['1234', false],
  ['0123:latest', false],
  ['nginx', false],
  ['', false],
])('%s names the image by its id: %s', (text, expected) => {
  expect(isIdOf(text, `sha256:${HEX.slice(0, 64)}`)).toBe(expected);
});
