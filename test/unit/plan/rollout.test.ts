import { expect, it } from 'vitest';
import { leader } from '../../../src/plan/rollout.ts';
import { follower, member, rollout } from '../../support/rollout-samples.ts';

it('is led by its first member', () => {
  expect(leader(rollout(member(), follower())).name).toBe('web');
  expect(() => leader({ id: 'r1', home: 'home', members: [] })).toThrow('rollout r1 has no members');
});
