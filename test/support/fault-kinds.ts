import type { Fault } from './engine-proxy.ts';

/** One way in which a call of the engine can go wrong. */
export interface FaultKind {
  readonly name: string;
  /** Whether it is tried on reads too. Killed at a read is killed before the next change. */
  readonly onReads: boolean;
  /** @param kill ends the run that sent the call */
  readonly meet: (kill: () => void) => Fault;
}

const status = (code: number, onReads: boolean): FaultKind => ({
  name: `HTTP ${code}`,
  onReads,
  meet: () => ({ kind: 'status', status: code }),
});

/** Everything that is tried on every change. */
export const FAULT_KINDS: readonly FaultKind[] = [
  { name: 'killed before', onReads: false, meet: kill => ({ kind: 'tell', when: 'before', tell: kill }) },
  { name: 'killed after', onReads: false, meet: kill => ({ kind: 'tell', when: 'after', tell: kill }) },
  status(404, false),
  status(409, false),
  status(500, true),
  // A change that the engine made, and failed after.
  {
    name: 'HTTP 500 after',
    onReads: false,
    meet: () => ({ kind: 'status', when: 'after', status: 500 }),
  },
  { name: 'reset before', onReads: true, meet: () => ({ kind: 'reset', when: 'before' }) },
  { name: 'reset after', onReads: false, meet: () => ({ kind: 'reset', when: 'after' }) },
  { name: 'hang before', onReads: true, meet: () => ({ kind: 'hang', when: 'before' }) },
  // Also the create that runs into its deadline although the container was made.
  { name: 'hang after', onReads: false, meet: () => ({ kind: 'hang', when: 'after' }) },
  { name: 'answer cut', onReads: true, meet: () => ({ kind: 'cut' }) },
];
