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

it.each([
  ['Server=db;User=me;Pwd=hunter2!;Encrypt=true', 'hunter2!'],
  ['Endpoint=sb://bus.test/;SharedAccessKey=aGlkZGVu+/4=', 'aGlkZGVu+/4='],
  ['host=db user=me password=hunter2', 'hunter2'],
  ['{"client_email":"me@test","private_key": "hidden-key"}', 'hidden-key'],
  ['https://api.test/?page=2&api_key=hidden-key&x=1', 'hidden-key'],
])('knows what is hidden inside %s', (value, hidden) => {
  expect(secretValues({ Env: [`CONNECTION=${value}`] })).toEqual(expect.arrayContaining([value, hidden]));
});

it('takes no part of a value for a secret whose name says nothing', () => {
  expect(secretValues({ Env: ['OPTIONS=level=verbose;mode:production'] })).toEqual([
    'level=verbose;mode:production',
  ]);
});
