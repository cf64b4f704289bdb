import { type PassingCall, placesOfCalls } from './call-places.ts';
import type { Fault } from './engine-proxy.ts';
import type { FaultKind, RunInDanger } from './fault-kinds.ts';
import type { WriteFault } from './state-door.ts';

/** Sees all calls of a run, those of the engine and those that write something down, in turn. */
export interface Door {
  readonly engine: (call: PassingCall) => Fault | undefined;
  readonly state: (call: PassingCall) => WriteFault | undefined;
}

/** Lets a fault happen at one place of a run. */
export function meetAt(
  place: string | undefined,
  fault: Pick<FaultKind, 'meet' | 'spoil' | 'lasts'>,
  run: RunInDanger,
): { door: Door; isMet: () => boolean } {
  const placeOf = placesOfCalls();
  let isMet = false;
  const isHere = (call: PassingCall) => {
    const here = placeOf(call) === place;
    isMet ||= here;
    return here;
  };
  const door: Door = {
    engine: call => (isHere(call) ? fault.meet?.(run) : undefined),
    state: call => (isHere(call) || (isMet && fault.lasts) ? fault.spoil?.(run) : undefined),
  };
  return { door, isMet: () => isMet };
}

export const KILLED_AFTER: Pick<FaultKind, 'meet'> = {
  meet: ({ kill }) => ({ kind: 'tell', when: 'after', tell: kill }),
};
