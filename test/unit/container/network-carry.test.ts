import { describe, expect, it } from 'vitest';
import { type InspectedContainer, inspectedContainerShape } from '../../../src/container/inspected.ts';
import { carryNetworks } from '../../../src/container/network-carry.ts';

type Fields = Record<string, unknown>;
const ID = '0123456789ab'.padEnd(64, 'c');
const NETWORK_ID = 'd'.repeat(64);

function container(
  NetworkMode: string | undefined,
  Networks: Record<string, Fields>,
  Hostname = '',
): InspectedContainer {
  return inspectedContainerShape.parse({
    ...{ Id: ID, Name: '/web', Image: 'sha256:x', State: { Status: 'running', Running: true } },
    ...{ Config: { Hostname }, HostConfig: { NetworkMode }, NetworkSettings: { Networks } },
  });
}

/** The endpoint of a container on one network of the user's. */
const endpointOf = (endpoint: Fields, hostname?: string) =>
  carryNetworks(container('front', { front: endpoint }, hostname), '1.51').primary?.endpoint;

describe('the networks', () => {
  it.each(['host', 'none', 'container:abc'])('of mode %s are none', mode => {
    expect(carryNetworks(container(mode, { [mode]: {} }), '1.51')).toEqual({
      primary: undefined,
      others: [],
    });
  });

  it.each(['default', 'bridge', '', undefined])(
    'of mode %s begin with the bridge, which takes neither aliases nor addresses',
    mode => {
      const wishes = { DriverOpts: { a: 'b' }, GwPriority: 1 };
      const networks = {
        bridge: { Aliases: ['x'], IPAMConfig: { IPv4Address: '172.17.0.9' }, ...wishes },
      };
      expect(carryNetworks(container(mode, networks), '1.51')).toEqual({
        primary: { network: 'bridge', endpoint: wishes },
        others: [],
      });
    },
  );

  it('are that of the mode, and the others by name', () => {
    const { primary, others } = carryNetworks(
      container('front', { z: {}, front: {}, a: {}, bridge: {} }),
      '1.51',
    );
    expect(primary?.network).toBe('front');
    expect(others.map(({ network }) => network)).toEqual(['a', 'bridge', 'z']);
  });

  it.each([NETWORK_ID, NETWORK_ID.slice(0, 12)])('are found by the id in the mode too', mode => {
    const networks = { front: { NetworkID: NETWORK_ID }, back: { NetworkID: 'e'.repeat(64) } };
    const { primary, others } = carryNetworks(container(mode, networks), '1.51');
    expect([primary?.network, others.map(({ network }) => network)]).toEqual(['front', ['back']]);
  });

  it('are each taken once where the mode is the beginning of an id', () => {
    const mode = NETWORK_ID.slice(0, 12);
    const networks = {
      [mode]: { NetworkID: NETWORK_ID },
      front: { NetworkID: NETWORK_ID },
      back: { NetworkID: 'e'.repeat(64) },
    };
    const { primary, others } = carryNetworks(container(mode, networks), '1.51');
    expect([primary?.network, others.map(({ network }) => network)]).toEqual([mode, ['back']]);
  });

  it('are found before the first start, when there is no other', () => {
    const { primary, others } = carryNetworks(container(NETWORK_ID, { front: { NetworkID: '' } }), '1.51');
    expect([primary?.network, others]).toEqual(['front', []]);
  });

  it('of a mode that was left are others', () => {
    const { primary, others } = carryNetworks(container('front', { back: {} }), '1.51');
    expect([primary, others]).toEqual([undefined, [{ network: 'back', endpoint: {} }]]);
  });
});

describe('a MAC address', () => {
  const [MINE, MADE_UP] = ['02:00:00:00:00:01', '56:6f:36:f4:d9:8f'];
  const networks = { front: { MacAddress: MADE_UP }, back: { MacAddress: MINE } };

  it('is the one that the engine says is the user’s where the mode names the network', () => {
    const { primary, others } = carryNetworks(container('front', networks), '1.51');
    expect(primary?.endpoint).toEqual({});
    expect(others).toEqual([{ network: 'back', endpoint: { MacAddress: MINE } }]);
  });

  it('is taken as it is shown where the mode is an id', () => {
    const byId = { front: { ...networks.front, NetworkID: NETWORK_ID } };
    expect(carryNetworks(container(NETWORK_ID, byId), '1.51').primary?.endpoint).toEqual({
      MacAddress: MADE_UP,
    });
  });

  it('is no matter of networks for an older engine', () => {
    expect(carryNetworks(container('front', networks), '1.43').others).toEqual([
      { network: 'back', endpoint: {} },
    ]);
  });
});

describe('an endpoint', () => {
  it('keeps what the user asked for', () => {
    const wishes = {
      IPAMConfig: { IPv4Address: '172.30.0.9' },
      Links: ['db:database'],
      Aliases: ['api', 'www'],
      DriverOpts: { a: 'b' },
      GwPriority: 1,
    };
    expect(endpointOf(wishes)).toEqual(wishes);
  });

  it('loses what the engine worked out', () => {
    const running = {
      ...{
        NetworkID: NETWORK_ID,
        EndpointID: 'e',
        Gateway: '172.30.0.1',
        IPAddress: '172.30.0.2',
        IPPrefixLen: 16,
      },
      ...{ MacAddress: '02:42:ac:1e:00:02', DNSNames: ['web'], GlobalIPv6Address: '', GwPriority: 0 },
      ...{ IPAMConfig: null, Links: null, Aliases: null, DriverOpts: null },
    };
    expect(endpointOf(running)).toEqual({});
    expect(endpointOf({ IPAMConfig: {}, Links: [], Aliases: [], DriverOpts: {} })).toEqual({});
    expect(endpointOf({ IPAMConfig: { IPv4Address: '' } })).toEqual({});
  });

  it('loses the aliases that the engine adds at every start', () => {
    const Aliases = ['api', ID.slice(0, 12), 'web-1', 'api'];
    expect(endpointOf({ Aliases }, 'web-1')).toEqual({ Aliases: ['api'] });
    expect(endpointOf({ Aliases: [ID.slice(0, 12)] })).toEqual({});
  });
});
