import { expect, it } from 'vitest';
import { speaks } from '../../../src/container/api-version.ts';

it.each([
  ['1.44', true],
  ['1.52', true],
  ['1.100', true],
  ['2.0', true],
  ['1.43', false],
  ['1.9', false],
  ['', false],
])('an engine of API %s speaks 1.44: %s', (version, expected) => {
  expect(speaks(version, '1.44')).toBe(expected);
});
