import { expect, it } from 'vitest';
import { formatSize, parseSize } from '../../../src/cli/byte-size.ts';

it.each([
  ['10MB', 10 * 1024 * 1024],
  ['512kb', 512 * 1024],
  ['1048576', 1048576],
  ['2.5 GB', 2.5 * 1024 ** 3],
  ['many', undefined],
  ['', undefined],
])('%j is read as %s', (text, size) => {
  expect(parseSize(text)).toBe(size);
});

it.each([
  [0, '0B'],
  [1023, '1023B'],
  [12_960_000, '12.4MB'],
])('%i is said as %s', (size, text) => {
  expect(formatSize(size)).toBe(text);
});
