import { expect, it } from 'vitest';
import { coincidences } from '../../../src/container/coincidences.ts';
import { configShape } from '../../../src/container/inspected.ts';

type Fields = Record<string, unknown>;
const CHECK = { Test: ['CMD', 'check'], Interval: 5 };

it.each<[string, Fields, Fields, string[]]>([
  ['nothing where nothing is set', {}, { User: 'root', Env: ['A=1'] }, []],
  ['nothing where all differs', { User: 'me', Labels: { a: '1' } }, { User: 'root', Labels: { a: '2' } }, []],
  ['a field', { User: 'me', WorkingDir: '/' }, { User: 'me', WorkingDir: '/app' }, ['User']],
  [
    'command and entrypoint',
    { Entrypoint: ['e'], Cmd: ['c'] },
    { Entrypoint: ['e'], Cmd: ['c'] },
    ['Entrypoint', 'Cmd'],
  ],
  ['a stop timeout of zero', { StopTimeout: 0 }, { StopTimeout: 0 }, ['StopTimeout']],
  ['labels one by one', { Labels: { a: '1', b: '2' } }, { Labels: { a: '1', b: '3' } }, ['Labels:a']],
  [
    'ports',
    { ExposedPorts: { '80/tcp': {}, '81/tcp': {} } },
    { ExposedPorts: { '80/tcp': {} } },
    ['ExposedPorts:80/tcp'],
  ],
  ['volumes', { Volumes: { '/data': {} } }, { Volumes: { '/data': {} } }, ['Volumes:/data']],
  [
    'a healthcheck field by field',
    { Healthcheck: CHECK },
    { Healthcheck: { ...CHECK, Interval: 9 } },
    ['Healthcheck.Test'],
  ],
  ['no variable that its place tells apart', { Env: ['A=1'] }, { Env: ['PATH=/bin', 'A=1'] }, []],
  ['how many variables, where their place does not', { Env: ['A=1'] }, { Env: ['A=1', 'B=2'] }, ['Env:1']],
  [
    'so too where only the last ones could be the image’s',
    { Env: ['P=x', 'A=1'] },
    { Env: ['P=y', 'A=1'] },
    ['Env:2'],
  ],
])('notes %s', (_, config, image, expected) => {
  const spec = { config, host: {}, primary: undefined, others: [] };
  expect([...coincidences(spec, configShape.parse(image))]).toEqual(expected);
});

it('notes no port that is published, for it is exposed in any case', () => {
  const ports = { '80/tcp': {}, '81/tcp': {} };
  const host = { PortBindings: { '80/tcp': [{ HostPort: '8080' }] } };
  const spec = { config: { ExposedPorts: ports }, host, primary: undefined, others: [] };
  expect([...coincidences(spec, configShape.parse({ ExposedPorts: ports }))]).toEqual([
    'ExposedPorts:81/tcp',
  ]);
});

it('notes that there shall be no entrypoint where the image has none either', () => {
  const spec = { config: { Entrypoint: [], Cmd: ['sh'] }, host: {}, primary: undefined, others: [] };
  expect(coincidences(spec, configShape.parse({ Entrypoint: null }))).toContain('Entrypoint');
});
