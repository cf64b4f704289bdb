import { describe, expect, it } from 'vitest';
import { parseReference } from '../../../src/image/reference.ts';
import { renderStep, whatIsDone } from '../../../src/plan/render-plan.ts';
import type { Step } from '../../../src/plan/step.ts';
import { DEMAND, digestOf, NEW, NEW_IMAGE, OFFERED, policy } from '../../support/rollout-samples.ts';

const reference = parseReference('registry.test/web:1');
if (reference === undefined) throw new Error('the sample is no reference');
const base = { subject: 'web', cause: 'because', container: NEW };

const ROWS: readonly (readonly [string, Step])[] = [
  [
    'pull registry.test/web@dddddddddddd',
    { ...base, kind: 'pull', reference, digest: OFFERED, platform: undefined },
  ],
  [
    'pull registry.test/web@dddddddddddd for linux/arm/v6',
    { ...base, kind: 'pull', reference, digest: OFFERED, platform: 'linux/arm/v6' },
  ],
  ['tag 222222222222 as registry.test/web:1', { ...base, kind: 'tag', reference, image: NEW_IMAGE }],
  [
    'tag 222222222222 as registry.test/web:1',
    { ...base, kind: 'tag', reference: { ...reference, digest: digestOf('9') }, image: NEW_IMAGE },
  ],
  [
    'create web.refreshd-r1.new',
    {
      ...base,
      kind: 'create',
      name: 'web.refreshd-r1.new',
      rolloutId: 'r1',
      body: { Env: ['SECRET=1'] },
      platform: undefined,
    },
  ],
  [
    'connect bbbbbbbbbbbb to network back',
    { ...base, kind: 'connect', network: 'back', endpoint: { Aliases: ['x'] } },
  ],
  [
    'compare web.refreshd-r1.new with web',
    {
      ...base,
      kind: 'compare',
      container: 'web.refreshd-r1.new',
      intended: { config: {}, host: {}, primary: undefined, others: [] },
      image: { Id: NEW_IMAGE, Config: { Labels: {} } },
      userSet: new Set(),
      traits: { hostname: 'h', logDriver: 'd', apiVersion: '1.44' },
    },
  ],
  [
    'set restart policy always on bbbbbbbbbbbb',
    { ...base, kind: 'restart-policy', policy: policy('always') },
  ],
  ['set restart policy no on bbbbbbbbbbbb', { ...base, kind: 'restart-policy', policy: policy('') }],
  ['stop bbbbbbbbbbbb, 10 s grace', { ...base, kind: 'stop', grace: 10 }],
  ['rename bbbbbbbbbbbb to web', { ...base, kind: 'rename', to: 'web' }],
  ['start bbbbbbbbbbbb', { ...base, kind: 'start' }],
  ['verify bbbbbbbbbbbb', { ...base, kind: 'verify', demand: DEMAND }],
  ['remove bbbbbbbbbbbb', { ...base, kind: 'remove' }],
  [
    'remove image registry.test/web@dddddddddddd',
    { ...base, kind: 'remove-image', image: `registry.test/web@${OFFERED}` },
  ],
];

describe('a step as text', () => {
  it.each(ROWS)('%s', (text, step) => {
    expect(whatIsDone(step)).toBe(text);
    expect(renderStep(step)).toBe(`${text} — because`);
  });
});

it('is one plain line, whatever a network is called', () => {
  const step: Step = { ...base, kind: 'connect', network: 'back\u001b[2J\nend', endpoint: {} };
  expect(whatIsDone(step)).toBe('connect bbbbbbbbbbbb to network back end');
});
