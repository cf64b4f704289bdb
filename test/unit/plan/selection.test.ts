import { expect, it } from 'vitest';
import type { Policy } from '../../../src/plan/policy.ts';
import { type Candidate, select } from '../../../src/plan/selection.ts';

const HOME = '/srv/mcp';

/** The selection in one word, or the reason to skip. */
function selected(watch: Policy['watch'], over: Partial<Candidate>): string {
  const candidate = {
    name: 'web',
    labels: {},
    wishes: {},
    folder: undefined,
    own: undefined,
    state: 'running',
    ...over,
  };
  const policy = {
    watch,
    healthTimeout: 0,
    stableFor: 0,
    keepImages: 1,
    signature: { verify: 'off' as const },
    stopGrace: undefined,
    minAge: 0,
    downgrade: 'follow' as const,
    staleAfter: 0,
  };
  const selection = select(candidate, policy, HOME);
  return selection.kind === 'skipped' ? selection.reason : selection.kind;
}

it.each<[Policy['watch'], string, Partial<Candidate>, string]>([
  ['stack', 'of the stack', { folder: HOME }, 'watched'],
  ['stack', 'of another stack', { folder: '/srv/other' }, 'unwatched'],
  ['stack', 'of no stack', {}, 'unwatched'],
  ['stack', 'of no stack but enabled', { wishes: { enable: true } }, 'watched'],
  ['stack', 'of the stack but disabled', { folder: HOME, wishes: { enable: false } }, 'unwatched'],
  ['labelled', 'of the stack', { folder: HOME }, 'unwatched'],
  ['labelled', 'enabled', { wishes: { enable: true } }, 'watched'],
  ['all', 'of no stack', {}, 'watched'],
  ['all', 'disabled', { wishes: { enable: false } }, 'unwatched'],
  ['all', 'under a rollout’s name', { name: 'web.refreshd-r1.old' }, 'unwatched'],
  [
    'all',
    'under a rollout’s name, enabled',
    { name: 'web.refreshd-r1.new', wishes: { enable: true } },
    'unwatched',
  ],
  ['all', 'stopped', { state: 'exited' }, 'watched'],
  ['all', 'paused', { state: 'paused' }, 'paused: it would lose what it holds in memory'],
  [
    'stack',
    'of the stack, run once',
    { folder: HOME, labels: { 'com.docker.compose.oneoff': 'True' } },
    'a one-off of docker compose run',
  ],
  ['all', 'of ours', { own: 'refreshd itself runs in it' }, 'refreshd itself runs in it'],
  ['all', 'being removed', { state: 'removing' }, 'being removed'],
  ['all', 'dead', { state: 'dead' }, 'dead: the engine could not remove it'],
  ['all', 'Kubernetes’', { labels: { 'io.kubernetes.pod.name': 'p' } }, 'owned by Kubernetes'],
  [
    'all',
    'Swarm’s and paused',
    { labels: { 'com.docker.swarm.task.id': 't' }, state: 'paused' },
    'a Swarm task: the engine replaces it by itself (docker service update)',
  ],
  ['stack', 'Kubernetes’ and not covered', { labels: { 'io.kubernetes.pod.name': 'p' } }, 'unwatched'],
])('watching %s, a container %s', (watch, _, candidate, expected) => {
  expect(selected(watch, candidate)).toBe(expected);
});
