import { expect, it } from 'vitest';
import type { RolloutFailure } from '../../../src/journal/journal.ts';
import type { Rejections } from '../../../src/journal/rejections.ts';
import type { Member } from '../../../src/plan/rollout.ts';
import { closeRollout } from '../../../src/rollout/rollout-end.ts';
import type { RolloutTools } from '../../../src/rollout/tools.ts';
import { digestOf, member, OFFERED, OLD_IMAGE, rollout } from '../../support/rollout-samples.ts';

/** What is rejected once a rollout of one container was rolled back. */
async function rejectedBy(one: Member, failure: RolloutFailure | undefined): Promise<Rejections> {
  let rejected: Rejections = {};
  const tools = {
    rejections: {
      recall: async () => ({ value: rejected, problem: undefined }),
      remember: async (value: Rejections) => {
        rejected = value;
      },
    },
    history: { add: async () => undefined },
    journal: { close: async () => undefined },
    clock: { now: () => 5 },
  } as unknown as RolloutTools;
  const entry = { rollout: rollout(one), phase: 'undoing', startedAt: 0, attempts: 1, failure } as const;
  await closeRollout(tools, entry, {
    outcome: 'rolled-back',
    rollout: entry.rollout,
    reason: undefined,
    downtime: undefined,
    startedAt: 0,
    rejected: false,
    attempts: 1,
    gone: false,
    open: false,
    byHand: [],
  });
  return rejected;
}

it('condemns an image under all of its digests', async () => {
  const aliases = [digestOf('e'), digestOf('f')];
  const one = member({ target: { kind: 'offered', digest: OFFERED, aliases, pulled: true } });
  expect(await rejectedBy(one, { reason: 'it crashed', blame: 'image' })).toEqual({
    web: { digest: OFFERED, aliases, reason: 'it crashed', at: 5 },
  });
});

it('condemns what a person went back from under all of its digests', async () => {
  const one = member({
    fromManifest: digestOf('e'),
    target: { kind: 'kept', image: digestOf('0'), digest: undefined },
  });
  expect(await rejectedBy(one, undefined)).toEqual({
    web: {
      digest: digestOf('c'),
      aliases: [digestOf('e'), OLD_IMAGE],
      reason: 'a person went back from it',
      at: 5,
    },
  });
});
