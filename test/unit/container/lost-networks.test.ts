import { expect, it } from 'vitest';
import { lostNetworks } from '../../../src/container/lost-networks.ts';
import { INSPECTED } from '../../support/rollout-samples.ts';

const NETWORKS = [
  { Id: 'new', Name: 'front' },
  { Id: 'same', Name: 'back' },
];

const stopped = (Networks: Record<string, { NetworkID: string; Aliases?: string[] }>) => ({
  ...INSPECTED,
  State: { Status: 'exited', Running: false },
  HostConfig: { NetworkMode: 'front' },
  NetworkSettings: { Networks },
});

it('are those that there are by another id', () => {
  const container = stopped({
    front: { NetworkID: 'old', Aliases: ['api'] },
    back: { NetworkID: 'same' },
    gone: { NetworkID: 'gone' },
    never: { NetworkID: '' },
  });
  expect(lostNetworks(container, NETWORKS, '1.45')).toEqual([
    { network: 'front', endpoint: { Aliases: ['api'] } },
  ]);
});

it('are none of a container that runs', () => {
  const container = { ...stopped({ front: { NetworkID: 'old' } }), State: INSPECTED.State };
  expect(lostNetworks(container, NETWORKS, '1.45')).toEqual([]);
});
