import { expect, it } from 'vitest';
import type { PastRollout } from '../../../src/journal/history.ts';
import type { RolloutFailure } from '../../../src/journal/journal.ts';
import type { Rejections } from '../../../src/journal/rejections.ts';
import type { Member, Phase, RolloutOutcome } from '../../../src/plan/rollout.ts';
import { closeRollout } from '../../../src/rollout/rollout-end.ts';
import type { RolloutTools } from '../../../src/rollout/tools.ts';
import { digestOf, member, OFFERED, OLD_IMAGE, rollout } from '../../support/rollout-samples.ts';

/** What is rejected, and what is in the history, once a rollout of one container is over. */
async function close(
  one: Member,
  failure: RolloutFailure | undefined,
  outcome: RolloutOutcome,
  phase: Phase = 'undoing',
): Promise<{ rejected: Rejections; past: PastRollout | undefined }> {
  let rejected: Rejections = {};
  let past: PastRollout | undefined;
  const tools = {
    rejections: {
      recall: async () => ({ value: rejected, problem: undefined }),
      remember: async (value: Rejections) => {
        rejected = value;
      },
    },
    history: {
      add: async (added: PastRollout) => {
        past = added;
      },
    },
    journal: { close: async () => undefined },
    clock: { now: () => 5 },
  } as unknown as RolloutTools;
  const entry = { rollout: rollout(one), phase, startedAt: 0, attempts: 1, failure };
  await closeRollout(tools, entry, {
    outcome,
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
  return { rejected, past };
}

async function rejectedBy(one: Member, failure: RolloutFailure | undefined): Promise<Rejections> {
  return (await close(one, failure, 'rolled-back')).rejected;
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

it.each([
  ['rolled-back', OFFERED, digestOf('c')],
  ['failed', digestOf('c'), OFFERED],
] as const)(
  'tells of a rollback by hand that is %s from where to where it led',
  async (outcome, from, to) => {
    const one = member({ target: { kind: 'kept', image: digestOf('0'), digest: OFFERED } });
    const { past } = await close(one, undefined, outcome);
    expect(past).toMatchObject({ outcome, fromDigest: from, toDigest: to });
  },
);

it('condemns what was found before anything was stopped, and nothing else that ended there', async () => {
  const ends = async (one: Member, failure: RolloutFailure | undefined) =>
    Object.keys((await close(one, failure, 'failed', 'preparing')).rejected);
  const crashed = { reason: 'it crashed', blame: 'image' } as const;
  const asked = member({ target: { kind: 'kept', image: OLD_IMAGE, digest: digestOf('e') } });
  expect(await ends(member(), crashed)).toEqual(['web']);
  expect(await ends(member({ wasHealthy: false }), crashed)).toEqual([]);
  expect(await ends(member(), { reason: 'no network', blame: 'environment' })).toEqual([]);
  expect(await ends(member(), undefined)).toEqual([]);
  expect(await ends(asked, crashed)).toEqual([]);
  expect((await close(member(), crashed, 'failed')).rejected).toEqual({});
});
