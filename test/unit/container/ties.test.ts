import { expect, it } from 'vitest';
import type { Spec } from '../../../src/container/carry-over.ts';
import { inspectedContainerShape } from '../../../src/container/inspected.ts';
import { leadsTo, type Replacement, retie, type Tie, tiesOf, tieWords } from '../../../src/container/ties.ts';
import { idOf } from '../../support/rollout-samples.ts';

const ID = idOf('a');

it.each<[Record<string, unknown>, readonly Tie[]]>([
  [{}, []],
  [{ NetworkMode: 'bridge', PidMode: 'host', IpcMode: 'private' }, []],
  [{ NetworkMode: `container:${ID}` }, [{ kind: 'network', to: ID }]],
  [
    { PidMode: 'container:db', IpcMode: 'container:db' },
    [
      { kind: 'pid', to: 'db' },
      { kind: 'ipc', to: 'db' },
    ],
  ],
  [
    { VolumesFrom: ['data:ro', 'more'] },
    [
      { kind: 'volumes', to: 'data' },
      { kind: 'volumes', to: 'more' },
    ],
  ],
  [{ Links: ['/db:/web/database'] }, [{ kind: 'link', to: 'db' }]],
])('%j ties to %j', (HostConfig, ties) => {
  const container = inspectedContainerShape.parse({
    ...{ Id: 'x', Name: '/web', Image: 'i', State: { Status: 'running', Running: true } },
    ...{ Config: {}, HostConfig, NetworkSettings: {} },
  });
  expect(tiesOf(container)).toEqual(ties);
});

it.each<[string, boolean]>([
  ['db', true],
  [ID, true],
  [ID.slice(0, 12), true],
  [ID.slice(0, 11), false],
  ['d', false],
  ['', false],
])('a tie to %s leads there: %s', (to, expected) => {
  expect(leadsTo({ kind: 'link', to }, { id: ID, name: 'db' })).toBe(expected);
});

it.each<[Tie['kind'], string]>([
  ['network', 'uses the network of db'],
  ['pid', 'shares the processes of db'],
  ['ipc', 'shares the memory of db'],
  ['volumes', 'uses the volumes of db'],
  ['link', 'is linked to db'],
])('%s in words: %s', (kind, words) => {
  expect(tieWords(kind, 'db')).toBe(words);
});

const REPLACED: Replacement = {
  old: { id: ID, name: 'db' },
  new: { id: idOf('b'), name: 'db.refreshd-r1.new' },
};

it.each<[Record<string, unknown>, Record<string, unknown>]>([
  [{ NetworkMode: `container:${ID}` }, { NetworkMode: `container:${idOf('b')}` }],
  [{ PidMode: 'container:db' }, { PidMode: `container:${idOf('b')}` }],
  [{ IpcMode: `container:${idOf('c')}` }, { IpcMode: `container:${idOf('c')}` }],
  [
    { NetworkMode: 'front', Memory: 64 },
    { NetworkMode: 'front', Memory: 64 },
  ],
  [{ Links: ['db:database', 'other:o'] }, { Links: ['db.refreshd-r1.new:database', 'other:o'] }],
])('%j becomes %j', (host, expected) => {
  const spec: Spec = { config: { User: 'app' }, host, primary: undefined, others: [] };
  expect(retie(spec, [REPLACED])).toEqual({ ...spec, host: expected });
  expect(retie(spec, [])).toBe(spec);
});
