import { expect, it } from 'vitest';
import { parseReference } from '../../../src/image/reference.ts';
import { renderCommands } from '../../../src/plan/render-command.ts';
import type { Step } from '../../../src/plan/step.ts';
import { DEMAND, digestOf, idOf, policy } from '../../support/rollout-samples.ts';

const reference = parseReference('nginx:1') ?? expect.unreachable();
const container = idOf('a');

/** A step without what makes no difference here. */
type Bare<One> = One extends Step ? Omit<One, 'subject' | 'cause'> : never;

it.each<[Bare<Step>, string?]>([
  [{ kind: 'tag', image: digestOf('1'), reference }, `docker tag ${digestOf('1')} nginx:1`],
  [
    { kind: 'restart-policy', container, policy: policy('always') },
    'docker update --restart=always aaaaaaaaaaaa',
  ],
  [{ kind: 'restart-policy', container, policy: policy('') }, 'docker update --restart=no aaaaaaaaaaaa'],
  [
    { kind: 'restart-policy', container, policy: policy('on-failure', 3) },
    'docker update --restart=on-failure:3 aaaaaaaaaaaa',
  ],
  [{ kind: 'stop', container, grace: 10 }, 'docker stop -t 10 aaaaaaaaaaaa'],
  [{ kind: 'rename', container, to: 'web' }, 'docker rename aaaaaaaaaaaa web'],
  [{ kind: 'start', container: 'web' }, 'docker start web'],
  [{ kind: 'remove', container }, 'docker rm aaaaaaaaaaaa'],
  [{ kind: 'remove-volume', volume: 'data' }, 'docker volume rm data'],
  [{ kind: 'remove-image', image: 'nginx:1' }, 'docker rmi nginx:1'],
  [{ kind: 'pull', reference, digest: digestOf('d'), platform: undefined }],
  [{ kind: 'create', name: 'web', rolloutId: 'r1', body: {}, platform: undefined }],
  [{ kind: 'disconnect', container, network: 'front' }, 'docker network disconnect -f front aaaaaaaaaaaa'],
  [
    { kind: 'connect', container, network: 'front', endpoint: {} },
    'docker network connect front aaaaaaaaaaaa',
  ],
  [
    {
      kind: 'connect',
      container,
      network: 'front',
      endpoint: { Aliases: ['a', 'b'], IPAMConfig: { IPv4Address: '10.0.0.9', IPv6Address: 'fd00::9' } },
    },
    'docker network connect --ip 10.0.0.9 --ip6 fd00::9 --alias a --alias b front aaaaaaaaaaaa',
  ],
  [{ kind: 'verify', container, demand: DEMAND }],
])('%j by hand: %s', (step, expected) => {
  expect(renderCommands([{ ...step, subject: 'web', cause: 'why' }])).toEqual(
    expected === undefined ? [] : [expected],
  );
});

it('takes the copy, by hand, of a container that would have to be made again', () => {
  const base = { subject: 'web', cause: 'why' };
  const copy = idOf('c');
  expect(
    renderCommands([
      { kind: 'create', ...base, name: 'web', rolloutId: 'r1', body: {}, platform: undefined, copyOf: copy },
      { kind: 'connect', ...base, container: 'web', network: 'front', endpoint: {} },
      { kind: 'start', ...base, container: 'web' },
      { kind: 'remove', ...base, container: copy },
    ]),
  ).toEqual(['docker rename cccccccccccc web', 'docker start web']);
});
