import { expect, it } from 'vitest';
import type { Log } from '../../../src/base/log.ts';
import type { RolloutEnd } from '../../../src/rollout/rollout-end.ts';
import { logOutcome } from '../../../src/run/outcome-words.ts';
import { reportEnd } from '../../../src/run/report.ts';
import { digestOf, member, OLD_IMAGE, rollout } from '../../support/rollout-samples.ts';

const NOW = digestOf('a');
const BEFORE = digestOf('b');
const asked = member({ fromDigest: NOW, target: { kind: 'kept', image: OLD_IMAGE, digest: BEFORE } });
const offered = member({ fromDigest: NOW, target: { kind: 'offered', digest: BEFORE, pulled: true } });

/** What is logged of a rollout that ended so. */
function said(one: typeof asked, over: Partial<RolloutEnd>): string[] {
  const lines: string[] = [];
  const say = (text: string) => void lines.push(text);
  const log: Log = { debug: say, info: say, warn: say, error: say };
  const end: RolloutEnd = {
    outcome: 'failed',
    rollout: rollout(one),
    reason: 'it crashed',
    downtime: undefined,
    startedAt: 0,
    rejected: false,
    attempts: 1,
    gone: false,
    open: false,
    byHand: [],
    ...over,
  };
  for (const report of reportEnd(end)) logOutcome(log, report);
  return lines;
}

it('names what still runs after a rollback by hand that failed', () => {
  expect(said(asked, {})).toEqual([`Not taken back: it crashed. It stays on ${'a'.repeat(12)}.`]);
  expect(said(asked, { gone: true })).toEqual(['Not taken back: it crashed.']);
});

it('names what runs again after one that worked', () => {
  expect(said(asked, { outcome: 'rolled-back', reason: 'a person asked for it' })).toEqual([
    `Rolled back: a person asked for it. Running again: ${'b'.repeat(12)}; ${'a'.repeat(12)} was not kept.`,
  ]);
});

it('promises to try an update again that failed', () => {
  expect(said(offered, {})).toEqual([
    `Not updated: it crashed. It stays on ${'a'.repeat(12)}; tried again at the next run.`,
  ]);
});

it('does not promise that of an image which is not to be tried again', () => {
  expect(said(offered, { rejected: true })).toEqual([
    `Not updated: it crashed. It stays on ${'a'.repeat(12)}; ${'b'.repeat(12)} is not tried again.`,
  ]);
});
