import { describe, expect, it } from 'vitest';
import { samePolicy } from '../../../src/plan/restart-policies.ts';
import { policy } from '../../support/rollout-samples.ts';

describe('two restart policies are the same', () => {
  it.each([
    [policy('always'), policy('always'), true],
    [policy(''), policy('no'), true],
    [policy('always'), policy('unless-stopped'), false],
    [policy('on-failure', 1), policy('on-failure', 2), false],
  ])('%j and %j: %s', (a, b, same) => {
    expect(samePolicy(a, b)).toBe(same);
  });
});
