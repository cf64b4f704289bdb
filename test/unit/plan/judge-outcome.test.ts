import { expect, it } from 'vitest';
import { judgeOutcome } from '../../../src/plan/judge-outcome.ts';
import type { ObservedMember } from '../../../src/plan/observed.ts';
import type { Phase } from '../../../src/plan/rollout.ts';
import { idOf, member, newOne, OLD_IMAGE, oldOne, rollout, seen } from '../../support/rollout-samples.ts';

const both = seen({ predecessor: oldOne(), successor: newOne() });
const onlyNew = seen({ successor: newOne() });
const foreign: ObservedMember = { ...both, nameHolder: idOf('9') };
const asked = rollout(member({ target: { kind: 'kept', image: OLD_IMAGE, digest: undefined } }));

const ROWS: readonly (readonly [
  string,
  'back' | 'forward',
  Phase,
  ObservedMember,
  string | undefined,
  string,
])[] = [
  ['proven', 'forward', 'committed', both, undefined, 'updated'],
  ['no good', 'back', 'undoing', both, 'it exits', 'rolled-back: it exits'],
  ['interrupted', 'back', 'switching', both, undefined, 'rolled-back: why'],
  ['not made', 'back', 'preparing', both, 'no space', 'failed: no space'],
  [
    'no good, and nothing else left',
    'forward',
    'undoing',
    onlyNew,
    'it exits',
    'rollback-failed: it exits; but somebody removed the old container, so the new one is kept as it is',
  ],
  [
    'removed by somebody',
    'back',
    'switching',
    seen(),
    undefined,
    'rollback-failed: somebody removed it in the middle of the update, so there is nothing left to put back (gone)',
  ],
  [
    'removed by somebody before anything was stopped',
    'back',
    'preparing',
    seen(),
    'x',
    'failed: somebody removed it in the middle of the update, so there is nothing left to put back (gone)',
  ],
  [
    'under the name a stranger',
    'back',
    'switching',
    foreign,
    'x',
    'failed: somebody else made a container of that name, which is left alone (gone)',
  ],
  [
    'under the name a stranger, and the old one aside',
    'back',
    'undoing',
    { ...foreign, predecessor: oldOne({ name: 'web.refreshd-r1.old' }) },
    'x',
    'failed: somebody else made a container of that name, which is left alone; the old one is kept, stopped, as web.refreshd-r1.old (gone)',
  ],
];

it.each(ROWS)('%s', (_, way, phase, found, failure, expected) => {
  const { outcome, reason, gone } = judgeOutcome(
    { way, why: 'why' },
    { phase, rollout: rollout(), failure, found },
  );
  expect(`${outcome}${reason === undefined ? '' : `: ${reason}`}${gone ? ' (gone)' : ''}`).toBe(expected);
});

it('calls what a person asked for a rollback where it went forward, and a failure where it did not', () => {
  const judge = (way: 'back' | 'forward', failure: string | undefined) =>
    judgeOutcome({ way, why: 'why' }, { phase: 'undoing', rollout: asked, failure, found: both });
  expect(judge('forward', undefined)).toMatchObject({
    outcome: 'rolled-back',
    reason: 'a person asked for it',
  });
  expect(judge('back', 'it exits')).toMatchObject({ outcome: 'failed', reason: 'it exits' });
});
