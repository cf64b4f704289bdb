import { expect, it } from 'vitest';
import { envDelta, inheritedEnv, mixedEnvDelta } from '../../../src/container/env-delta.ts';

const IMAGE = ['PATH=/bin', 'LANG=C', 'A='];

it.each<[string, string[], string[], string[]]>([
  ['nothing where all is the image’s', IMAGE, IMAGE, []],
  ['what comes before the image’s', ['TOKEN=x', ...IMAGE], IMAGE, ['TOKEN=x']],
  ['what took the place of the image’s', ['LANG=de', 'PATH=/bin', 'A='], IMAGE, ['LANG=de']],
  ['what repeats the image’s, by its place', ['LANG=C', 'PATH=/bin', 'A='], IMAGE, ['LANG=C']],
  ['a variable that is unset', ['LANG', 'PATH=/bin', 'A='], IMAGE, ['LANG']],
  ['a variable that is said twice', ['X=1', 'X=2', ...IMAGE], IMAGE, ['X=1', 'X=2']],
  ['a value with an equals sign', ['OPTS=a=b', ...IMAGE], IMAGE, ['OPTS=a=b']],
  ['a name in other letters as another one', ['path=/x', ...IMAGE], IMAGE, ['path=/x']],
  ['all where the image has none', ['X=1', 'Y=2'], [], ['X=1', 'Y=2']],
  ['all where the image’s are nowhere to be found', ['X=1'], IMAGE, ['X=1']],
  ['all where the user replaced all', ['A=1', 'LANG=de', 'PATH=/x'], IMAGE, ['A=1', 'LANG=de', 'PATH=/x']],
  ['nothing of nothing', [], [], []],
])('finds %s', (_, env, image, expected) => {
  expect(envDelta(env, image, new Set())).toEqual(expected);
});

it('takes at least as many as were written down', () => {
  const env = ['PATH=/x', 'LANG=C', 'A='];
  expect(envDelta(env, IMAGE, new Set())).toEqual(['PATH=/x']);
  expect(envDelta(env, IMAGE, new Set(['User', 'Env:2']))).toEqual(['PATH=/x', 'LANG=C']);
  expect(envDelta(env, IMAGE, new Set(['Env:3']))).toEqual(env);
  expect(envDelta(env, IMAGE, new Set(['Env:nonsense']))).toEqual(['PATH=/x']);
});

it('knows what of the image’s remains beside the user’s', () => {
  expect(inheritedEnv([], IMAGE)).toEqual(IMAGE);
  expect(inheritedEnv(['LANG', 'A=1', 'X=1'], IMAGE)).toEqual(['PATH=/bin']);
});

it('finds the user’s where the image says a variable twice: the engine takes the first', () => {
  expect(envDelta(['X=1', 'A=1'], ['A=1', 'A=2'], new Set())).toEqual(['X=1']);
});

it('finds the user’s in a list without order, but for what the image says in the same words', () => {
  expect(mixedEnvDelta(['A=', 'X=2', 'PATH=/bin', 'LANG=de', 'X=1'], IMAGE)).toEqual([
    'LANG=de',
    'X=1',
    'X=2',
  ]);
});
