import { expect, it } from 'vitest';
import { composeFolder, foreignOwner } from '../../../src/container/ownership.ts';

it.each([
  ['com.docker.swarm.task.id', /Swarm/],
  ['io.kubernetes.pod.name', /Kubernetes/],
  ['PODMAN_SYSTEMD_UNIT', /systemd/],
])('leaves to its owner what bears %s, even empty', (label, reason) => {
  expect(foreignOwner({ [label]: '' })).toMatch(reason);
});

it.each([
  {},
  { 'com.docker.compose.project': 'p' },
  { 'com.docker.swarm.task': 'x' },
  { 'com.docker.compose.oneoff': 'False' },
])('knows no owner by %j', labels => {
  expect(foreignOwner(labels)).toBeUndefined();
});

it('leaves alone what docker compose run started', () => {
  expect(foreignOwner({ 'com.docker.compose.oneoff': 'True' })).toBe('a one-off of docker compose run');
});

it.each([
  [undefined, undefined, undefined],
  ['/srv/mcp', undefined, '/srv/mcp'],
  ['/srv/mcp', '/src/other', '/srv/mcp'],
  ['/srv/mcp', '/srv/mcp', undefined],
  [undefined, '/srv/mcp', undefined],
])('a container of %s whose image says %s comes from %s', (own, inherited, expected) => {
  const labels = (folder: string | undefined): Record<string, string> =>
    folder === undefined ? {} : { 'com.docker.compose.project.working_dir': folder };
  expect(composeFolder(labels(own), labels(inherited))).toBe(expected);
});
