import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineDeaths, powerCut } from '../support/engine-faults.ts';
import { EnginePower } from '../support/engine-power.ts';
import { FaultBench } from '../support/fault-bench.ts';
import { allCases, oneOfEachPhase, toBeTried } from '../support/fault-cases.ts';
import { renderCounts } from '../support/fault-counts.ts';
import { updateWith } from '../support/fault-scenarios.ts';
import { Lab } from '../support/lab.ts';
import { IS_LONG } from '../support/long-run.ts';

const POLICIES = ['always', 'unless-stopped', 'on-failure', 'no'];

let lab: Lab;
let bench: FaultBench;
let power: EnginePower;
beforeAll(async () => {
  lab = await Lab.open();
  bench = new FaultBench(lab);
  power = new EnginePower(lab);
});
afterAll(async () => {
  process.stdout.write(renderCounts('The engine dies', bench.results));
  await lab.close();
});

describe.each([
  ['good', ['unless-stopped']],
  ['exits', ['no']],
] as const)('an update to an image that is %s', (behaviour, some) => {
  if (IS_LONG || behaviour === 'good')
    it('holds whenever the engine dies or is restarted', async () => {
      const scenario = updateWith('unless-stopped', behaviour);
      const all = allCases(await bench.record(scenario), engineDeaths(power));
      expect(all.length).toBeGreaterThan(40);
      await bench.expectAllHold(scenario, toBeTried(all, oneOfEachPhase));
    }, 3_600_000);

  it.each(IS_LONG ? POLICIES : some)(
    'holds whenever the machine loses its power, with restart policy %s',
    async restart => {
      const scenario = updateWith(restart, behaviour);
      const all = allCases(await bench.record(scenario), [powerCut(lab, power)]);
      expect(all.length).toBeGreaterThan(10);
      await bench.expectAllHold(scenario, toBeTried(all, oneOfEachPhase));
    },
    3_600_000,
  );
});
