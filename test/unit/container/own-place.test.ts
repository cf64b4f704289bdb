import { expect, it } from 'vitest';
import { containerSummaryShape, inspectedContainerShape } from '../../../src/container/inspected.ts';
import { type OwnPlace, whyOwnInspected, whyOwnListed } from '../../../src/container/own-place.ts';
import { INSPECTED, idOf } from '../../support/rollout-samples.ts';

const OWN = idOf('a');
const NOWHERE: OwnPlace = { container: undefined, enginePort: undefined };
const INSIDE: OwnPlace = { container: OWN, enginePort: undefined };
const BY_PORT: OwnPlace = { container: undefined, enginePort: 2375 };

/** The same container as it is listed, and as it is looked at. */
function reasons(id: string, network: string, port: number | undefined, own: OwnPlace) {
  const listed = containerSummaryShape.parse({
    ...{ Id: id, Names: ['/web'], Image: 'web:1', ImageID: 'x', State: 'running' },
    HostConfig: { NetworkMode: network },
    Ports: [
      { PrivatePort: 9, Type: 'tcp' },
      ...(port === undefined ? [] : [{ PrivatePort: 80, PublicPort: port }]),
    ],
  });
  const inspected = inspectedContainerShape.parse({
    ...INSPECTED,
    Id: id,
    HostConfig: { ...INSPECTED.HostConfig, NetworkMode: network },
    NetworkSettings: {
      Ports: { '9/tcp': null, ...(port && { '80/tcp': [{ HostIp: '', HostPort: `${port}` }] }) },
    },
  });
  return [whyOwnListed(listed, own), whyOwnInspected(inspected, own)];
}

const SELF = expect.stringMatching(/^refreshd itself runs in it, or has its network/);
const WAY = expect.stringMatching(/^refreshd reaches the engine through it/);

it.each([
  ['another', idOf('b'), 'bridge', 8080, INSIDE, undefined],
  ['any, where refreshd runs in none', OWN, 'bridge', 2375, NOWHERE, undefined],
  ['its own', OWN, 'bridge', undefined, INSIDE, SELF],
  ['one that shares its network', idOf('b'), `container:${OWN}`, undefined, INSIDE, SELF],
  [
    'one that shares the network of another',
    idOf('b'),
    `container:${idOf('c')}`,
    undefined,
    INSIDE,
    undefined,
  ],
  ['its way to the engine', idOf('b'), 'bridge', 2375, BY_PORT, WAY],
  ['one with another port', idOf('b'), 'bridge', 2376, BY_PORT, undefined],
  ['one without ports', idOf('b'), 'host', undefined, BY_PORT, undefined],
])('%s is told from the others', (_, id, network, port, own, reason) => {
  expect(reasons(id, network, port, own)).toEqual([reason, reason]);
});
