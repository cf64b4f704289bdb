import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordedCall } from '../support/call-places.ts';
import { FaultBench } from '../support/fault-bench.ts';
import { allCases, caseId, type FaultCase, sampleOf } from '../support/fault-cases.ts';
import { renderCounts } from '../support/fault-counts.ts';
import { FAULT_KINDS } from '../support/fault-kinds.ts';
import { SCENARIOS } from '../support/fault-scenarios.ts';
import { Lab } from '../support/lab.ts';

const IS_LONG = process.env['REFRESHD_TEST_LONG'] === '1';
/** For a look at some cases alone: what their ids match. */
const ONLY = process.env['FAULT_CASE'];

let lab: Lab;
let bench: FaultBench;
let cases: readonly FaultCase[];
let total = 0;
beforeAll(async () => {
  lab = await Lab.open();
  bench = new FaultBench(lab);
  const all = allCases(await bench.record(...SCENARIOS));
  total = all.length;
  if (ONLY !== undefined) cases = all.filter(each => new RegExp(ONLY).test(caseId(each)));
  else cases = IS_LONG ? all : sampleOf(all);
}, 180_000);
afterAll(async () => {
  process.stdout.write(renderCounts(`Fault matrix (of ${total} cases there are)`, bench.results));
  await lab.close();
});

it('has every fault, and every change of every phase', () => {
  if (ONLY !== undefined) return;
  expect(new Set(cases.map(({ fault }) => fault))).toEqual(new Set(FAULT_KINDS));
  const phases = new Set(cases.map(({ call }: { call: RecordedCall }) => call.phase));
  expect([...phases].sort()).toEqual(['committed', 'no journal', 'preparing', 'switching', 'undoing']);
});

describe.each(SCENARIOS)('$name', scenario => {
  it('holds whatever call goes wrong', async () => {
    await bench.expectAllHold(
      scenario,
      cases.filter(({ scenario: name }) => name === scenario.name),
    );
  }, 3_600_000);
});
