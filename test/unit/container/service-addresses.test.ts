import { expect, it } from 'vitest';
import { inspectedContainerShape } from '../../../src/container/inspected.ts';
import { type Speech, serviceAddresses } from '../../../src/container/service-addresses.ts';

const at = (HostPort: string, HostIp = '127.0.0.1') => [{ HostIp, HostPort }];

function addresses(ports: object, speech: Partial<Speech> = {}, network = 'bridge'): readonly string[] {
  const container = inspectedContainerShape.parse({
    Id: 'x',
    Name: '/web',
    Image: 'y',
    State: { Status: 'running', Running: true },
    Config: {},
    HostConfig: { NetworkMode: network },
    NetworkSettings: { Ports: ports },
  });
  return serviceAddresses(container, {
    engineAddress: '10.0.0.9',
    httpPort: undefined,
    urlPath: undefined,
    ...speech,
  });
}

it.each<[string, object, Partial<Speech>, readonly string[]]>([
  ['nothing that is not published', { '8080/tcp': null, '9090/tcp': [] }, { httpPort: 8080 }, []],
  ['a port of which no more is known', { '5432/tcp': at('15432') }, {}, ['127.0.0.1:15432']],
  ['what is no TCP', { '53/udp': at('53') }, { urlPath: '/x' }, ['127.0.0.1:53/udp']],
  ['HTTP where it was answered', { '8080/tcp': at('80') }, { httpPort: 8080 }, ['http://127.0.0.1:80']],
  [
    'the path behind the port that answered, and that first',
    { '7000/tcp': at('7000'), '8080/tcp': at('80') },
    { httpPort: 8080, urlPath: '/mcp' },
    ['http://127.0.0.1:80/mcp', '127.0.0.1:7000'],
  ],
  [
    'the path behind the first port, where its user says that there is one',
    { '53/udp': at('53'), '8080/tcp': at('80') },
    { urlPath: '/mcp' },
    ['http://127.0.0.1:80/mcp', '127.0.0.1:53/udp'],
  ],
  ['where the engine is, for every address', { '80/tcp': at('80', '0.0.0.0') }, {}, ['10.0.0.9:80']],
  [
    'each but once, where it is published on old and new addresses',
    { '80/tcp': [...at('80', '0.0.0.0'), ...at('80', '::')] },
    {},
    ['10.0.0.9:80'],
  ],
  ['a new address in brackets', { '80/tcp': at('80', '::1') }, { httpPort: 80 }, ['http://[::1]:80']],
])('shows %s', (_, ports, speech, expected) => {
  expect(addresses(ports, speech)).toEqual(expected);
});

it('shows the port of the host where a container has no network of its own', () => {
  expect(addresses({}, { httpPort: 8080, urlPath: '/mcp' }, 'host')).toEqual(['http://10.0.0.9:8080/mcp']);
  expect(addresses({}, {}, 'host')).toEqual([]);
});
