import { expect, it } from 'vitest';
import type { Pin } from '../../../src/plan/pin.ts';
import type { Verdict } from '../../../src/plan/verdict.ts';
import { holdSharedTags } from '../../../src/run/hold-shared-tags.ts';
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
