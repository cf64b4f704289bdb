import { expect, it } from 'vitest';
import { inspectedContainerShape } from '../../../src/container/inspected.ts';
import { takenFrom } from '../../../src/container/taken-from.ts';

const container = (host: object, settings: object) =>
  inspectedContainerShape.parse({
    Id: 'a',
    Name: '/web',
    Image: 'i',
    State: { Status: 'created', Running: false },
    Config: {},
    HostConfig: host,
    NetworkSettings: settings,
  });
const at = (HostIp: string, HostPort: string, inside = '80/tcp') => ({ [inside]: [{ HostIp, HostPort }] });
const wants = (bindings: object, networks: object = {}) =>
  container({ PortBindings: bindings }, { Networks: networks });
const has = (ports: object, networks: object = {}) => container({}, { Ports: ports, Networks: networks });

it.each([
  [
    'the same port',
    wants(at('', '8080')),
    has(at('0.0.0.0', '8080', '9000/tcp')),
    'port 8080/tcp of the host',
  ],
  ['on one address', wants(at('127.0.0.1', '8080')), has(at('', '8080')), 'port 8080/tcp of the host'],
  ['on two addresses', wants(at('127.0.0.1', '8080')), has(at('127.0.0.2', '8080')), undefined],
  ['another protocol', wants(at('', '53', '53/udp')), has(at('', '53', '53/tcp')), undefined],
  ['a port of any number', wants(at('', '')), has(at('', '32768')), undefined],
  [
    'a fixed address',
    wants({}, { front: { IPAMConfig: { IPv4Address: '172.30.0.9' } } }),
    has({}, { front: { IPAddress: '172.30.0.9' } }),
    'address 172.30.0.9',
  ],
  [
    'the same address on another network',
    wants({}, { front: { IPAMConfig: { IPv4Address: '172.30.0.9' } } }),
    has({}, { back: { IPAddress: '172.30.0.9' } }),
    undefined,
  ],
  [
    'no address of its own',
    wants({}, { front: { IPAMConfig: {} } }),
    has({}, { front: { IPAddress: '' } }),
    undefined,
  ],
])('%s', (_, wanting, holder, expected) => {
  expect(takenFrom(wanting, holder)).toBe(expected);
});
