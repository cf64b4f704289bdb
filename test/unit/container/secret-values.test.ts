import { expect, it } from 'vitest';
import { secretValues } from '../../../src/container/secret-values.ts';

it.each<[Parameters<typeof secretValues>[0], readonly string[]]>([
  [{}, []],
  [{ Env: null, Cmd: null, Entrypoint: null }, []],
  [{ Env: ['A=b', 'URL=x?a=b', 'UNSET', 'EMPTY='] }, ['b', 'x?a=b', '']],
  [{ Cmd: ['serve', '--token=abc'], Entrypoint: ['sh', 'key=value'] }, ['abc', 'value']],
  [{ Entrypoint: '--token=abc' }, ['abc']],
  [{ Cmd: ['redis-server', '--requirepass', 'abc', '--port', '1'] }, ['abc']],
  [{ Cmd: ['serve', '--password', '--verbose'] }, []],
  [
    { Cmd: ['sh', '-c', "export TOKEN='abc'; run --api-key def"] },
    ["'abc'; run --api-key def", 'abc', 'def'],
  ],
  [{ Healthcheck: { Test: ['CMD-SHELL', 'redis-cli --pass abc ping'] } }, ['abc']],
  [{ Healthcheck: null, Labels: null }, []],
  [{ Labels: { 'refreshd.health.path': '/health?key=abc&deep=def', x: 'a=b' } }, ['abc', 'def']],
  [
    { Labels: { 'web.basicauth.users': 'me:abc', 'com.docker.compose.service': 'web', 'x.key': 'def' } },
    ['me:abc', 'def'],
  ],
  [{ Env: ['DB=postgres://me:a%2Fb@db/x'] }, ['postgres://me:a%2Fb@db/x', 'a%2Fb', 'a/b']],
  [{ Cmd: ['--db', 'redis://:abc@db', 'https://example.org/x'] }, ['abc']],
  [{ Env: ['KEY=first\nsecond'] }, ['first\nsecond', 'first', 'second']],
  [{ Env: ['URL=a://b:%@c'] }, ['a://b:%@c', '%']],
])('of %j: %j', (config, expected) => {
  expect(secretValues(config)).toEqual(expected);
});
