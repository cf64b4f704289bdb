import { expect, it } from 'vitest';
import { namesToForget } from '../../../src/plan/kept-images.ts';

const kept = (container: string, rollout: string) => `refreshd-kept:${container}.${rollout}`;
const image = (Id: string, RepoTags: string[], RepoDigests: string[] = []) => ({ Id, RepoTags, RepoDigests });

const IMAGES = [
  image('1', [kept('web', 'r1')], ['app@sha256:1']),
  image('2', [kept('web', 'r2'), 'app:mine'], ['app@sha256:2']),
  image('3', [kept('web', 'r3')], ['app@sha256:3']),
  image('4', [kept('db', 'r1')]),
  image('5', ['app:latest'], ['app@sha256:5']),
];

it.each<[string, number, readonly string[], readonly string[]]>([
  ['all but the newest of each container', 1, [], [kept('web', 'r1'), 'app@sha256:1', kept('web', 'r2')]],
  ['as many as are to be kept', 2, [], [kept('web', 'r1'), 'app@sha256:1']],
  ['none, if there are not more', 3, [], []],
  ['not one that anything uses', 1, ['1'], [kept('web', 'r2')]],
  [
    'all of them',
    0,
    [],
    [
      kept('web', 'r1'),
      'app@sha256:1',
      kept('web', 'r2'),
      kept('web', 'r3'),
      'app@sha256:3',
      kept('db', 'r1'),
    ],
  ],
])('forgets %s', (_, keep, used, expected) => {
  const keeping = { keep, rollouts: ['r1', 'r2', 'r3'], used: new Set(used) };
  expect(namesToForget(IMAGES, keeping)).toEqual(expected);
});

it('leaves what the rollout of another home keeps, and does not count it', () => {
  const images = [
    image('1', [kept('web', 'r1')]),
    image('2', [kept('web', 'theirs')]),
    image('3', [kept('db', 'theirs')]),
  ];
  const rollouts = ['r1'];
  expect(namesToForget(images, { keep: 1, rollouts, used: new Set() })).toEqual([]);
  expect(namesToForget(images, { keep: 0, rollouts, used: new Set() })).toEqual([kept('web', 'r1')]);
});

it('knows a name by digest among the tags, where the image store of containerd lists it', () => {
  const images = [
    image('1', ['app@sha256:1', kept('web', 'r1')], ['refreshd-kept@sha256:1', 'app@sha256:1']),
  ];
  expect(namesToForget(images, { keep: 0, rollouts: ['r1'], used: new Set() })).toEqual([
    kept('web', 'r1'),
    'app@sha256:1',
    'refreshd-kept@sha256:1',
  ]);
});
