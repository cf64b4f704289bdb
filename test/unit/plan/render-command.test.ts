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
  [{ kind: 'connect', container, network: 'front', endpoint: {} }],
  [{ kind: 'verify', container, demand: DEMAND }],
])('%j by hand: %s', (step, expected) => {
  expect(renderCommands([{ ...step, subject: 'web', cause: 'why' }])).toEqual(
    expected === undefined ? [] : [expected],
  );
});
