import { expect, it } from 'vitest';
import type { Pin } from '../../../src/plan/pin.ts';
import type { Verdict } from '../../../src/plan/verdict.ts';
import { holdRefused, holdSharedTags } from '../../../src/run/hold-shared-tags.ts';
import type { SurveyedContainer } from '../../../src/run/survey.ts';
import type { PinnedName } from '../../../src/run/trust.ts';
import { digestOf } from '../../support/rollout-samples.ts';

const [OFFERED, MANIFEST, OTHER] = [digestOf('d'), digestOf('e'), digestOf('0')];
const outdated: Verdict = { kind: 'outdated', digest: OFFERED, aliases: [MANIFEST] };
const only = (digest = OTHER): Pin => ({ kind: 'only', digest, by: 'command' });
const WEB = 'docker.io/library/web:1';

it.each<[string, string, string, Pin, Verdict['kind']]>([
  ['another of the same name', 'twin', WEB, only(), 'pinned'],
  ['another of the same name to what is offered', 'twin', WEB, only(OFFERED), 'outdated'],
  ['another of the same name to its manifest', 'twin', WEB, only(MANIFEST), 'outdated'],
  ['another of the same name, nobody knows to what', 'twin', WEB, { kind: 'unclear', reason: '' }, 'pinned'],
  ['another tag', 'twin', 'docker.io/library/web:2', only(), 'outdated'],
  ['itself', 'web', WEB, only(), 'outdated'],
])('a pin of %s', (_, name, reference, pin, expected) => {
  const container = { name: 'web', reference: 'web:1' } as SurveyedContainer;
  const pinned = [{ name, reference, pin } as PinnedName];
  const [held] = holdSharedTags([{ container, verdict: outdated }], pinned);
  expect(held?.verdict.kind).toBe(expected);
  const current: Verdict = { kind: 'current', digest: OFFERED };
  expect(holdSharedTags([{ container, verdict: current }], pinned)[0]?.verdict).toBe(current);
});

it.each<[string, string, Verdict, Verdict['kind']]>([
  ['not signed', 'web:1', { kind: 'failed', digest: OFFERED, running: undefined, reason: 'x' }, 'skipped'],
  ['too young', 'docker.io/library/web:1', { kind: 'skipped', digest: OFFERED, reason: 'x' }, 'skipped'],
  [
    'not signed, under another tag',
    'web:2',
    { kind: 'failed', digest: OFFERED, running: undefined, reason: 'x' },
    'outdated',
  ],
  [
    'another, and not signed',
    'web:1',
    { kind: 'failed', digest: OTHER, running: undefined, reason: 'x' },
    'outdated',
  ],
  ['left alone for what it is', 'web:1', { kind: 'skipped', reason: 'x' }, 'outdated'],
  ['as welcome there', 'web:1', outdated, 'outdated'],
])('an image that for another of its name is %s', (_, reference, verdict, expected) => {
  const held = holdRefused([
    { container: { name: 'web', reference: 'web:1' } as SurveyedContainer, verdict: outdated },
    { container: { name: 'twin', reference } as SurveyedContainer, verdict },
  ]);
  expect(held[0]?.verdict.kind).toBe(expected);
  expect(held[1]?.verdict).toBe(verdict);
  if (expected === 'skipped')
    expect(held[0]?.verdict).toMatchObject({
      reason: 'twin is made from the same name and may not run that (x), so the tag stays where it is',
    });
});
