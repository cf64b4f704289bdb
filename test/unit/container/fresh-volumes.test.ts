import { expect, it } from 'vitest';
import { freshVolumes, withoutFreshVolumes } from '../../../src/container/fresh-volumes.ts';
import { type InspectedContainer, inspectedContainerShape } from '../../../src/container/inspected.ts';

const [MADE_UP, TAKEN_OVER] = ['a'.repeat(64), 'b'.repeat(64)];

function container(host: object, names: readonly string[]): InspectedContainer {
  return inspectedContainerShape.parse({
    ...{ Id: 'abc', Name: '/web', Image: 'sha256:x', State: { Status: 'created', Running: false } },
    ...{ Config: {}, HostConfig: host, NetworkSettings: {} },
    Mounts: names.map(Name => ({ Type: 'volume', Name, Destination: `/${Name}` })),
  });
}

it('are those that the engine named and nobody asked for', () => {
  const Binds = [`${TAKEN_OVER}:/b`];
  const Mounts = [{ Type: 'volume', Source: TAKEN_OVER, Target: '/b' }];
  for (const host of [{ Binds }, { Mounts }]) {
    const successor = container(host, [MADE_UP, TAKEN_OVER, 'data']);
    expect(freshVolumes(successor, { Mounts: [] })).toEqual([MADE_UP]);
    expect(withoutFreshVolumes(successor).Mounts.map(({ Name }) => Name)).toEqual([TAKEN_OVER, 'data']);
  }
});

it('are not those that the predecessor has too', () => {
  const both = container({}, [MADE_UP]);
  expect(freshVolumes(both, both)).toEqual([]);
});
