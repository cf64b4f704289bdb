import { expect, it } from 'vitest';
import { composeDependencies, type Dependency, type Labelled } from '../../../src/container/dependencies.ts';

const labelled = (name: string, project: string, service: string, needs?: string): Labelled => ({
  name,
  labels: {
    'com.docker.compose.project': project,
    'com.docker.compose.service': service,
    ...(needs !== undefined && { 'com.docker.compose.depends_on': needs }),
  },
});
const ALL = [
  labelled('p-db-1', 'p', 'db'),
  labelled('p-db-2', 'p', 'db'),
  labelled('p-cache-1', 'p', 'cache'),
  labelled('q-db-1', 'q', 'db'),
  { name: 'db', labels: {} },
];

it.each<[string | undefined, readonly Dependency[]]>([
  [undefined, []],
  ['', []],
  ['gone:service_started:false', []],
  ['cache', [{ on: 'p-cache-1', restart: false }]],
  ['cache:service_healthy:true', [{ on: 'p-cache-1', restart: true }]],
  [
    'db:service_started:false, cache:service_started:true',
    [
      { on: 'p-db-1', restart: false },
      { on: 'p-db-2', restart: false },
      { on: 'p-cache-1', restart: true },
    ],
  ],
])('depends_on %s means %j', (needs, expected) => {
  expect(composeDependencies(labelled('p-web-1', 'p', 'web', needs), ALL)).toEqual(expected);
});

it('is nothing without a project', () => {
  const labels = { 'com.docker.compose.depends_on': 'db' };
  expect(composeDependencies({ name: 'web', labels }, ALL)).toEqual([]);
});
