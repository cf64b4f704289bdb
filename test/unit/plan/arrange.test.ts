import { expect, it } from 'vitest';
import type { Tie } from '../../../src/container/ties.ts';
import { arrange, type Neighbour } from '../../../src/plan/arrange.ts';

interface Ways {
  readonly tied?: readonly string[];
  readonly needs?: readonly string[];
  readonly compose?: string;
}

const one = (name: string, { tied = [], needs = [], compose }: Ways = {}): Neighbour => ({
  id: `id-of-${name}`,
  name,
  labels: {
    'com.docker.compose.project': 'p',
    'com.docker.compose.service': name,
    ...(compose !== undefined && { 'com.docker.compose.depends_on': compose }),
  },
  ties: tied.map((to): Tie => ({ kind: 'network', to })),
  dependsOn: needs,
});

it.each<[string, readonly string[], readonly Neighbour[], readonly string[]]>([
  ['nothing outdated', [], [one('a')], []],
  ['each by itself, in their order', ['b', 'a'], [one('a'), one('b'), one('c')], ['a', 'b']],
  ['with what is tied to it', ['gw'], [one('app', { tied: ['gw'] }), one('gw')], ['gw app']],
  [
    'by way of another',
    ['gw'],
    [one('a', { tied: ['b'] }), one('b', { tied: ['gw'] }), one('gw')],
    ['gw b a'],
  ],
  ['without what it is tied to', ['app'], [one('app', { tied: ['gw'] }), one('gw')], ['app']],
  ['both as one set', ['app', 'gw'], [one('app', { tied: ['gw'] }), one('gw')], ['gw app']],
  [
    'two that share a follower as one set',
    ['net', 'vol'],
    [one('app', { tied: ['net', 'vol'] }), one('net'), one('other'), one('vol')],
    ['net vol app'],
  ],
  ['a dependency by label first', ['a', 'b'], [one('a', { needs: ['b'] }), one('b')], ['b', 'a']],
  [
    'a dependency of compose first',
    ['a', 'b'],
    [one('a', { compose: 'b:service_started:false' }), one('b')],
    ['b', 'a'],
  ],
  [
    'a dependency by way of one that is current',
    ['a', 'c'],
    [one('a', { needs: ['b'] }), one('b', { needs: ['c'] }), one('c')],
    ['c', 'a'],
  ],
])('%s', (_, outdated, all, expected) => {
  const { sets, cycles } = arrange(new Set(outdated.map(name => `id-of-${name}`)), all);
  expect(sets.map(set => set.map(({ name }) => name).join(' '))).toEqual(expected);
  expect(cycles).toEqual([]);
});

it('names those that need each other, and takes each once', () => {
  const all = [one('a', { needs: ['b'] }), one('b', { needs: ['a'] })];
  const { sets, cycles } = arrange(new Set(['id-of-a', 'id-of-b']), all);
  expect(sets.flat().map(({ name }) => name)).toEqual(['b', 'a']);
  expect(cycles).toEqual([['a', 'b']]);
});
