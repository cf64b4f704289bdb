import { expect, it } from 'vitest';
import { secretValues } from '../../../src/container/secret-values.ts';

it.each<[Parameters<typeof secretValues>[0], readonly string[]]>([
  [{}, []],
  [{ Env: null, Cmd: null, Entrypoint: null }, []],
  [{ Env: ['A=b', 'URL=x?a=b', 'UNSET', 'EMPTY='] }, ['b', 'x?a=b', '']],
  [{ Cmd: ['serve', '--token=abc'], Entrypoint: ['sh', 'key=value'] }, ['abc', 'value']],
  [{ Entrypoint: '--token=abc' }, ['abc']],
])('of %j: %j', (config, expected) => {
  expect(secretValues(config)).toEqual(expected);
});
