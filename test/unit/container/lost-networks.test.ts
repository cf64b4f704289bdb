import { expect, it } from 'vitest';
import { lostNetworks } from '../../../src/container/lost-networks.ts';
import { INSPECTED } from '../../support/rollout-samples.ts';

const NETWORKS = [
  { Id: 'new', Name: 'front' },
  { Id: 'same', Name: 'back' },
];
type Networks = Record<string, { NetworkID: string; Aliases?: string[] }>;

const stopped = (networks: Networks) => ({
  ...INSPECTED,
  State: { Status: 'exited', Running: false },
  HostConfig: { NetworkMode: 'front' },
  NetworkSettings: { Networks: networks },
});

it('are those that there are by another id', () => {
  const container = stopped({
    front: { NetworkID: 'old', Aliases: ['api'] },
    back: { NetworkID: 'same' },
    gone: { NetworkID: 'gone' },
    never: { NetworkID: '' },
  });
  expect(lostNetworks(container, undefined, NETWORKS, '1.45')).toEqual([
    { network: 'front', endpoint: { Aliases: ['api'] }, isStale: true },
  ]);
});

it('are those, too, that it has left already, as its twin shows', () => {
  const twin = stopped({ front: { NetworkID: '', Aliases: ['api'] }, back: { NetworkID: '' } });
  const container = stopped({ back: { NetworkID: 'same' } });
  expect(lostNetworks(container, twin, NETWORKS, '1.45')).toEqual([
    { network: 'front', endpoint: { Aliases: ['api'] }, isStale: false },
  ]);
});

it('are none of a container that runs', () => {
  const container = { ...stopped({ front: { NetworkID: 'old' } }), State: INSPECTED.State };
  expect(lostNetworks(container, undefined, NETWORKS, '1.45')).toEqual([]);
});
