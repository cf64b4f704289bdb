import { expect, it } from 'vitest';
import { type Endpoint, inspectedContainerShape } from '../../../src/container/inspected.ts';
import { userMac } from '../../../src/container/mac-carry.ts';

const MINE = '02:00:00:00:00:01';
const DERIVED = { MacAddress: '02:42:ac:1e:00:02', IPAddress: '172.30.0.2' };
const RANDOM = { MacAddress: '56:6f:36:f4:d9:8f', IPAddress: '172.30.0.2' };

const on = (network: 'primary' | 'other', endpoint: Endpoint, api: string, MacAddress?: string) =>
  userMac(
    inspectedContainerShape.parse({
      ...{ Id: 'abc', Name: '/web', Image: 'sha256:x', State: { Status: 'created', Running: false } },
      ...{ Config: { MacAddress }, HostConfig: {}, NetworkSettings: {} },
    }),
    endpoint,
    network === 'primary',
    api,
  );

it('is none where the address belongs to the container', () => {
  expect(on('primary', { MacAddress: MINE }, '1.43', MINE)).toBeUndefined();
  expect(on('other', { MacAddress: MINE }, '1.43', MINE)).toBeUndefined();
});

it.each([DERIVED, RANDOM, { MacAddress: '' }])(
  'is what the engine says is the user’s on the first network, not %j',
  endpoint => {
    expect(on('primary', endpoint, '1.44')).toBeUndefined();
    expect(on('primary', endpoint, '1.51', MINE)).toBe(MINE);
  },
);

it.each([
  ['other', '1.44'],
  ['primary', '1.52'],
] as const)(
  'is any address that is not made from the IP address on the %s network (API %s)',
  (network, api) => {
    expect(on(network, DERIVED, api)).toBeUndefined();
    expect(on(network, { MacAddress: '' }, api)).toBeUndefined();
    expect(on(network, {}, api)).toBeUndefined();
    expect(on(network, { MacAddress: MINE, IPAddress: '' }, api)).toBe(MINE);
    expect(on(network, { ...DERIVED, IPAddress: '172.30.0.3' }, api)).toBe(DERIVED.MacAddress);
    expect(on(network, RANDOM, api)).toBe(RANDOM.MacAddress);
  },
);
