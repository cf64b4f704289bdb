import type { RecordedCall } from './call-places.ts';
import { FAULT_KINDS, type FaultKind } from './fault-kinds.ts';

/** One fault on one call of one scenario. */
export interface FaultCase {
  readonly scenario: string;
  readonly call: RecordedCall;
  readonly fault: FaultKind;
}

/** All faults on all changes, and on the first read of each kind in each phase. */
export function allCases(scenario: string, calls: readonly RecordedCall[]): readonly FaultCase[] {
  const seen = new Set<string>();
  return calls.flatMap(call => {
    const isNew = !seen.has(readKey(call));
    seen.add(readKey(call));
    const kinds = FAULT_KINDS.filter(({ onReads }) => call.isChange || (isNew && onReads));
    return kinds.map(fault => ({ scenario, call, fault }));
  });
}

function readKey({ phase, name }: RecordedCall): string {
  return `${phase} ${name}`;
}

/**
 * A part of the cases: every change of every phase is met, every phase of every scenario, and every kind of fault
 * about equally often. The same cases always give the same part.
 */
export function sampleOf(cases: readonly FaultCase[]): readonly FaultCase[] {
  const used = new Map<string, number>();
  const uses = ({ fault }: FaultCase) => used.get(fault.name) ?? 0;
  const chosen = new Set<FaultCase>();
  const choose = (group: readonly FaultCase[]) => {
    if (group.some(each => chosen.has(each))) return;
    const rarest = group.reduce((best, each) => (uses(each) < uses(best) ? each : best));
    used.set(rarest.fault.name, uses(rarest) + 1);
    chosen.add(rarest);
  };
  const byChange = ({ call }: FaultCase) => `${call.phase} ${call.isChange ? call.name : 'read'}`;
  for (const group of groupsOf(cases, byChange)) choose(group);
  const byPhase = ({ scenario, call }: FaultCase) => `${scenario} ${call.phase}`;
  for (const group of groupsOf(cases, byPhase)) choose(group);
  return cases.filter(each => chosen.has(each));
}

function groupsOf(
  cases: readonly FaultCase[],
  keyOf: (of: FaultCase) => string,
): Iterable<readonly FaultCase[]> {
  const groups = new Map<string, FaultCase[]>();
  for (const each of cases) groups.set(keyOf(each), [...(groups.get(keyOf(each)) ?? []), each]);
  return groups.values();
}

/** How a case can be named again. */
export function caseId({ scenario, call, fault }: FaultCase): string {
  return `${scenario} / ${call.place} ${call.name} (${call.phase}) / ${fault.name}`;
}
