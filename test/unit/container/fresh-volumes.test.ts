import { expect, it } from 'vitest';
import { freshVolumes } from '../../../src/container/fresh-volumes.ts';
import { type InspectedContainer, inspectedContainerShape } from '../../../src/container/inspected.ts';
import { idOf } from '../../support/rollout-samples.ts';

const volume = (Name: string) => ({ Type: 'volume', Name, Destination: `/${Name.slice(0, 4)}` });

function container(mounts: readonly object[], HostConfig: object = {}): InspectedContainer {
  return inspectedContainerShape.parse({
    ...{ Id: 'x', Name: '/web', Image: 'i', State: { Status: 'running', Running: true } },
    ...{ Config: {}, HostConfig, Mounts: mounts, NetworkSettings: {} },
  });
}

it.each<[string, object, readonly object[], readonly string[]]>([
  ['one that the engine made up', {}, [], [idOf('a')]],
  ['not one that the predecessor has', {}, [volume(idOf('a'))], []],
  ['not one that was bound by name', { Binds: [`${idOf('a')}:/data`] }, [], []],
  [
    'not one that was mounted by name',
    { Mounts: [{ Type: 'volume', Source: idOf('a'), Target: '/data' }] },
    [],
    [],
  ],
])('%s', (_, host, old, expected) => {
  const successor = container(
    [volume(idOf('a')), volume('named'), { Type: 'bind', Destination: '/b' }],
    host,
  );
  expect(freshVolumes(successor, container(old))).toEqual(expected);
});
