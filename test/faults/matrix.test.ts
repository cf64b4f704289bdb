import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordedCall } from '../support/call-places.ts';
import { FaultBench } from '../support/fault-bench.ts';
import { allCases, type FaultCase, sampleOf, toBeTried } from '../support/fault-cases.ts';
import { renderCounts } from '../support/fault-counts.ts';
import { FAULT_KINDS } from '../support/fault-kinds.ts';
import { SCENARIOS } from '../support/fault-scenarios.ts';
import { Lab } from '../support/lab.ts';

let lab: Lab;
let bench: FaultBench;
let cases: readonly FaultCase[];
let total = 0;
beforeAll(async () => {
  lab = await Lab.open();
  bench = new FaultBench(lab);
  const all = allCases(await bench.record(...SCENARIOS));
  total = all.length;
  cases = toBeTried(all, sampleOf);
}, 600_000);
afterAll(async () => {
  process.stdout.write(renderCounts(`Fault matrix (of ${total} cases there are)`, bench.results));
  await lab.close();
});

const { FAULT_CASE, FAULT_PART } = process.env;
if (FAULT_CASE === undefined && FAULT_PART === undefined) {
  it('samples every fault and every phase', () => {
    expect(new Set(cases.map(({ fault }) => fault))).toEqual(new Set(FAULT_KINDS));
    const phases = new Set(cases.map(({ call }: { call: RecordedCall }) => call.phase));
    expect([...phases].sort()).toEqual(['committed', 'no journal', 'preparing', 'switching', 'undoing']);
  });
}

describe.each(SCENARIOS)('$name', scenario => {
  it('holds whatever call goes wrong', async () => {
    await bench.expectAllHold(
      scenario,
      cases.filter(({ scenario: name }) => name === scenario.name),
    );
  }, 36_000_000);
});
