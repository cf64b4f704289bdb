import type { RecordedCall } from './call-places.ts';
import { FAULT_KINDS, type FaultKind } from './fault-kinds.ts';

/** One fault on one call of one scenario. */
export interface FaultCase {
  readonly scenario: string;
  readonly call: RecordedCall;
  readonly fault: FaultKind;
}

/** The calls of scenarios that went undisturbed. */
export type Recorded = ReadonlyMap<string, readonly RecordedCall[]>;

/** All the faults that there are on every call that is one for them. */
export function allCases(
  recorded: Recorded,
  kinds: readonly FaultKind[] = FAULT_KINDS,
): readonly FaultCase[] {
  const everSeen = new Set<string>();
  return [...recorded].flatMap(([scenario, calls]) => {
    const seen = new Set<string>();
    return calls.flatMap(call => {
      const key = `${call.phase} ${call.name}`;
      const place = everSeen.has(key) ? (seen.has(key) ? 'later' : 'first') : 'first ever';
      seen.add(key);
      everSeen.add(key);
      return kinds
        .filter(({ isTriedOn }) => isTriedOn(call, place))
        .map(fault => ({ scenario, call, fault }));
    });
  });
}

/**
 * A part of the cases, and a small one: every change of every phase is met, every scenario, and every kind of fault
 * about equally often. The same cases always give the same part.
 */
export function sampleOf(cases: readonly FaultCase[]): readonly FaultCase[] {
  const met = new Map<string, number>();
  const times = (key: string) => met.get(key) ?? 0;
  const chosen = new Set<FaultCase>();
  const changeOf = ({ call }: FaultCase) => `${call.phase} ${call.kind === 'read' ? 'read' : call.name}`;
  const scenarioOf = ({ scenario }: FaultCase) => `scenario ${scenario}`;
  /** What was met least goes first: a scenario that was not, then the fault. */
  const costs = (each: FaultCase) => 1000 * Math.min(1, times(scenarioOf(each))) + times(each.fault.name);
  const choose = (group: readonly FaultCase[]) => {
    const best = group.reduce((least, each) => (costs(each) < costs(least) ? each : least));
    for (const key of [scenarioOf(best), best.fault.name]) met.set(key, times(key) + 1);
    chosen.add(best);
  };
  for (const group of groupsOf(cases, changeOf)) choose(group);
  for (const group of groupsOf(cases, scenarioOf)) if (!group.some(each => chosen.has(each))) choose(group);
  return cases.filter(each => chosen.has(each));
}

/** The fewest cases that meet every phase, with the faults in turn. */
export function oneOfEachPhase(cases: readonly FaultCase[]): readonly FaultCase[] {
  const groups = [...groupsOf(cases, ({ call }) => call.phase)];
  return groups.flatMap((group, place) => group[place % group.length] ?? []);
}

/** The fewest cases that meet every fault, with the calls in turn. */
export function oneOfEachFault(cases: readonly FaultCase[]): readonly FaultCase[] {
  const groups = [...groupsOf(cases, ({ fault }) => fault.name)];
  return groups.flatMap((group, place) => group[Math.floor((place * group.length) / groups.length)] ?? []);
}

function groupsOf(
  cases: readonly FaultCase[],
  keyOf: (of: FaultCase) => string,
): Iterable<readonly FaultCase[]> {
  const groups = new Map<string, FaultCase[]>();
  for (const each of cases) groups.set(keyOf(each), [...(groups.get(keyOf(each)) ?? []), each]);
  return groups.values();
}

/** For a look at some cases alone: what their ids match. */
const ONLY = process.env['FAULT_CASE'];

/** To go on where a long look was cut off: how many of those are passed over. */
const PASSED_OVER = Number(process.env['FAULT_PASSED_OVER'] ?? 0);

/** Which part of them is tried, `2/3` for one, where nobody waits for them. */
const PART = process.env['FAULT_PART'];

/** The cases that are asked for, or a part of all, or else some. */
export function toBeTried(
  all: readonly FaultCase[],
  some: (cases: readonly FaultCase[]) => readonly FaultCase[],
): readonly FaultCase[] {
  if (ONLY === undefined && PART === undefined) return some(all);
  const pattern = new RegExp(ONLY ?? '');
  const asked = all.filter(each => pattern.test(caseId(each))).slice(PASSED_OVER);
  const [part = 1, parts = 1] = (PART ?? '1/1').split('/').map(Number);
  return asked.filter((_, at) => at % parts === part - 1);
}

/** How a case can be named again. */
export function caseId({ scenario, call, fault }: FaultCase): string {
  return `${scenario} / ${call.place} ${call.name} (${call.phase}) / ${fault.name}`;
}
