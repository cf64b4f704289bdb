import { expect, it } from 'vitest';
import type { RolloutEnd } from '../../../src/rollout/rollout-end.ts';
import { isTriedAgain } from '../../../src/run/report.ts';
import { rollout } from '../../support/rollout-samples.ts';

const end: RolloutEnd = {
  outcome: 'rollback-failed',
  rollout: rollout(),
  reason: undefined,
  downtime: undefined,
  startedAt: 0,
  rejected: false,
  attempts: 1,
  gone: false,
  open: true,
  byHand: [],
};

it.each<[Partial<RolloutEnd>, boolean]>([
  [{ attempts: 1 }, true],
  [{ attempts: 2 }, true],
  [{ attempts: 3 }, false],
  [{ attempts: 4 }, false],
  [{ outcome: 'rolled-back', open: false }, false],
  [{ outcome: 'rollback-failed', open: false }, false],
])('a rollout that ended with %j is tried again: %s', (over, expected) => {
  expect(isTriedAgain({ ...end, ...over })).toBe(expected);
});
