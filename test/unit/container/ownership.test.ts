import { expect, it } from 'vitest';
import { foreignOwner } from '../../../src/container/ownership.ts';

it.each([
  ['com.docker.swarm.task.id', /Swarm/],
  ['io.kubernetes.pod.name', /Kubernetes/],
  ['PODMAN_SYSTEMD_UNIT', /systemd/],
])('leaves to its owner what bears %s, even empty', (label, reason) => {
  expect(foreignOwner({ [label]: '' })).toMatch(reason);
});

it.each([{}, { 'com.docker.compose.project': 'p' }, { 'com.docker.swarm.task': 'x' }])(
  'knows no owner by %j',
  labels => {
    expect(foreignOwner(labels)).toBeUndefined();
  },
);
