import { describe, expect, it } from 'vitest';
import { decideRecovery } from '../../../src/plan/decide-recovery.ts';
import type { ObservedMember } from '../../../src/plan/observed.ts';
import type { Phase } from '../../../src/plan/rollout.ts';
import {
  follower,
  idOf,
  member,
  newOne,
  observed,
  oldOne,
  policy,
  rollout,
  seen,
} from '../../support/rollout-samples.ts';

const both = seen({ predecessor: oldOne(), successor: newOne() });
const onlyOld = seen({ predecessor: oldOne({ name: 'web.refreshd-r1.old', running: false }) });
const onlyNew = seen({ successor: newOne({ name: 'web', running: true }) });
const foreign = (found: ObservedMember): ObservedMember => ({ ...found, nameHolder: idOf('9') });

const OLD_REMOVED = 'forward: the old container was removed by somebody: the new one is all there is';
const NEW_REMOVED = 'back: the new container was removed by somebody';
const PROVEN = 'forward: the new container was proven already';

const ROWS: readonly (readonly [Phase, string, ObservedMember, string])[] = [
  ['preparing', 'both', both, 'back: it was interrupted while preparing'],
  [
    'preparing',
    'only the new one',
    seen({ successor: newOne() }),
    'back: it was interrupted while preparing',
  ],
  ['preparing', 'only the new one, which has the name', onlyNew, OLD_REMOVED],
  ['preparing', 'none', seen(), 'back: it was interrupted while preparing'],
  ['switching', 'both', both, 'back: it was interrupted while switching'],
  ['switching', 'only the old one', onlyOld, 'back: it was interrupted while switching'],
  ['switching', 'only the new one', onlyNew, OLD_REMOVED],
  [
    'switching',
    'only the new one, and a stranger under the name',
    foreign(seen({ successor: newOne() })),
    'back: it was interrupted while switching',
  ],
  ['undoing', 'both', both, 'back: it was interrupted while undoing'],
  ['undoing', 'only the new one', onlyNew, OLD_REMOVED],
  ['committed', 'both', both, PROVEN],
  ['committed', 'only the new one', onlyNew, PROVEN],
  ['committed', 'none', seen(), PROVEN],
  ['committed', 'only the old one', onlyOld, NEW_REMOVED],
  ['committed', 'only the old one, and a stranger under the name', foreign(onlyOld), PROVEN],
];

describe('an interrupted rollout', () => {
  it.each(ROWS)('%s, with %s: %#', (phase, _, found, expected) => {
    const { way, why } = decideRecovery(phase, rollout(), observed(found));
    expect(`${way}: ${why}`).toBe(expected);
  });

  it('goes the way it was decided on', () => {
    const kinds = (phase: Phase, found: ObservedMember) =>
      decideRecovery(phase, rollout(), observed(found)).steps.map(({ kind }) => kind);
    expect(kinds('preparing', both)).toEqual(['remove']);
    expect(kinds('switching', both)).toEqual(['verify', 'remove']);
    // It was started first: the old one, which serves, is not so much as looked at.
    const bothRun = seen({ predecessor: oldOne(), successor: newOne({ running: true }) });
    expect(kinds('preparing', bothRun)).toEqual(['stop', 'remove']);
    expect(kinds('committed', onlyNew)).toEqual(['restart-policy']);
    expect(kinds('committed', onlyOld)).toEqual(['rename', 'start', 'verify']);
  });

  it('leads back what was not looked at at all', () => {
    expect(decideRecovery('switching', rollout(), new Map())).toMatchObject({ way: 'back', steps: [] });
    expect(decideRecovery('committed', rollout(), new Map())).toMatchObject({ way: 'forward', steps: [] });
  });

  // What is left of a follower is kept too, whichever it is.
  const two = rollout(member(), follower());
  const removesAll = (phase: Phase, web: ObservedMember, sidecar: ObservedMember) =>
    decideRecovery(phase, two, observed(web, sidecar)).steps.filter(
      ({ kind, subject }) => kind === 'remove' && subject === 'sidecar',
    );

  it('keeps a follower of which only the old one is left', () => {
    const web = seen({
      predecessor: oldOne({ name: 'web.refreshd-r1.old', running: false }),
      successor: newOne({ name: 'web', running: true }),
    });
    const sidecar = seen({
      predecessor: oldOne({ id: idOf('e'), name: 'sidecar.refreshd-r1.old', running: false }),
    });
    expect(removesAll('committed', web, sidecar)).toEqual([]);
  });

  it('keeps a follower of which only the new one is left', () => {
    const sidecar = seen({
      successor: newOne({ id: idOf('f'), name: 'sidecar', running: true, restart: policy('no') }),
      nameHolder: idOf('f'),
    });
    expect(removesAll('switching', both, sidecar)).toEqual([]);
  });
});

describe('a set', () => {
  const twins = (web: ObservedMember, sidecar: ObservedMember, phase: Phase) =>
    decideRecovery(phase, rollout(member(), follower()), observed(web, sidecar));
  const follows = (over: Partial<ObservedMember>): ObservedMember => seen({ nameHolder: undefined, ...over });
  const oldFollower = oldOne({ id: idOf('e'), name: 'sidecar.refreshd-r1.old', running: false });
  const newFollower = newOne({ id: idOf('f'), name: 'sidecar', running: true });

  it('goes forward as a whole where the old one of one of them was removed', () => {
    const { way, steps } = twins(
      onlyNew,
      follows({ predecessor: oldFollower, successor: newFollower }),
      'switching',
    );
    expect(way).toBe('forward');
    expect(steps.filter(({ kind }) => kind === 'remove')).toMatchObject([{ container: idOf('e') }]);
  });

  it('parts only where nothing else is possible', () => {
    const { way, steps } = twins(onlyNew, follows({ predecessor: oldFollower }), 'switching');
    expect(way).toBe('forward');
    expect(steps.map(({ subject, kind }) => `${subject} ${kind}`)).toContain('sidecar start');
  });
});
