import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaultBench } from '../support/fault-bench.ts';
import {
  allCases,
  type FaultCase,
  oneOfEachFault,
  oneOfEachPhase,
  toBeTried,
} from '../support/fault-cases.ts';
import { renderCounts } from '../support/fault-counts.ts';
import { updateWith } from '../support/fault-scenarios.ts';
import { JOURNAL_DAMAGES } from '../support/journal-damages.ts';
import { Lab } from '../support/lab.ts';
import { everyNth } from '../support/long-run.ts';
import { STATE_FAULTS } from '../support/state-faults.ts';

let lab: Lab;
let bench: FaultBench;
beforeAll(async () => {
  lab = await Lab.open();
  bench = new FaultBench(lab);
});
afterAll(async () => {
  process.stdout.write(renderCounts('The journal and its disk', bench.results));
  await lab.close();
});

/**
 * Where a journal can be lost and be made again from the engine: a successor is there, and says what it is for.
 * Before that nothing was done that anybody could miss but a tag, which the next run moves again.
 */
function isKnownToEngine({ call }: FaultCase, place: number, all: readonly FaultCase[]): boolean {
  const made = all.findIndex(each => each.call.name === 'POST /containers/create');
  return place >= made && call.phase !== 'no journal';
}

const ROLLOUTS = [
  ['good', oneOfEachFault],
  ['exits', oneOfEachPhase],
] as const;

describe.each(everyNth(2, ROLLOUTS))('a rollout of an image that is %s', (behaviour, some) => {
  const scenario = updateWith('unless-stopped', behaviour);

  it('is brought to its end whatever befell its journal', async () => {
    const all = allCases(await bench.record(scenario), JOURNAL_DAMAGES).filter(isKnownToEngine);
    expect(new Set(all.map(({ call }) => call.phase)).size).toBe(3);
    await bench.expectAllHold(scenario, toBeTried(all, some));
  }, 3_600_000);

  it('is brought to its end though its disk is full, or cannot be written, from some moment on', async () => {
    const all = allCases(await bench.record(scenario), STATE_FAULTS);
    await bench.expectAllHold(scenario, toBeTried(all, some));
  }, 3_600_000);
});
