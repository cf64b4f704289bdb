import type { RecordedCall } from './call-places.ts';
import type { Fault } from './engine-proxy.ts';
import type { WriteFault } from './state-door.ts';

/** What a fault can do to the run that it meets. */
export interface RunInDanger {
  readonly home: string;
  /** Ends it on the spot. */
  readonly kill: () => void;
  /** Asks it to leave, as SIGTERM does. */
  readonly leave: () => void;
}

/** Whether a call is the first of its name in that phase: in its scenario, or in all of them. */
export type Among = 'first ever' | 'first' | 'later';

/** One way in which a call can go wrong. */
export interface FaultKind {
  readonly name: string;
  readonly isTriedOn: (call: RecordedCall, among: Among) => boolean;
  /** What happens to a call of the engine. */
  readonly meet?: (run: RunInDanger) => Fault;
  /** What happens to something that is written down. */
  readonly spoil?: (run: RunInDanger) => WriteFault;
  /** Whether it happens to all that is written down from there on. */
  readonly lasts?: boolean;
  /** Whether it ends the run, or must leave everything whole without a recovery. */
  readonly leads?: 'to death' | 'to nothing';
  /** Whether the engine starts its containers anew, so that nobody can tell from that who touched them. */
  readonly restartsEngine?: boolean;
  /** Whether it takes away what is known of an image that was pulled, so that it may stay. */
  readonly imageMayStay?: boolean;
  /** What the home needs before the run. */
  readonly prepare?: (home: string) => void;
  /** What happens between the run and its recovery. */
  readonly meanwhile?: (home: string) => Promise<void> | void;
  /** What must hold beside the rest. @param lines what the recovery logged */
  readonly check?: (home: string, lines: readonly string[]) => void;
  /** What has to be taken away in the end. */
  readonly tidy?: (home: string) => void;
}

const onChanges = ({ kind }: RecordedCall) => kind === 'change';
/** Killed at a read is killed before the next change. */
const onChangesAndWrites = ({ kind }: RecordedCall) => kind !== 'read';
const onWrites = ({ kind }: RecordedCall) => kind === 'write';
/** What is removed is there or not; nothing else is ever half done. */
const onTearable = ({ kind, name }: RecordedCall) => kind === 'write' && name !== 'JOURNAL close';
const onCalls = ({ kind }: RecordedCall, among: Among) =>
  kind === 'change' || (kind === 'read' && among !== 'later');
const onNewCalls = ({ kind }: RecordedCall, among: Among) => kind !== 'write' && among === 'first ever';
const everywhere = ({ kind }: RecordedCall, among: Among) => kind !== 'read' || among !== 'later';

const status = (code: number, isTriedOn: FaultKind['isTriedOn']): FaultKind => ({
  name: `HTTP ${code}`,
  isTriedOn,
  meet: () => ({ kind: 'status', status: code }),
});

const killed = (when: 'before' | 'after'): FaultKind => ({
  name: `killed ${when}`,
  isTriedOn: onChangesAndWrites,
  leads: 'to death',
  meet: ({ kill }) => ({ kind: 'tell', when, tell: kill }),
  spoil: ({ kill }) => ({ kind: 'tell', when, tell: kill }),
});

const garbled = (name: string, when: 'before' | 'after', body: string): FaultKind => ({
  name,
  isTriedOn: onNewCalls,
  meet: () => ({ kind: 'garbled', when, body }),
});

const PAGE = '<!doctype html><title>Sign in</title><p>Please sign in to go on.';

/** Everything that is tried on every change. */
export const FAULT_KINDS: readonly FaultKind[] = [
  killed('before'),
  killed('after'),
  status(404, onChanges),
  status(409, onChanges),
  status(500, onCalls),
  // A change that the engine made, and failed after.
  {
    name: 'HTTP 500 after',
    isTriedOn: onChanges,
    meet: () => ({ kind: 'status', when: 'after', status: 500 }),
  },
  { name: 'reset before', isTriedOn: onCalls, meet: () => ({ kind: 'reset', when: 'before' }) },
  { name: 'reset after', isTriedOn: onChanges, meet: () => ({ kind: 'reset', when: 'after' }) },
  { name: 'hang before', isTriedOn: onCalls, meet: () => ({ kind: 'hang', when: 'before' }) },
  // Also the create that runs into its deadline although the container was made.
  { name: 'hang after', isTriedOn: onChanges, meet: () => ({ kind: 'hang', when: 'after' }) },
  { name: 'answer cut', isTriedOn: onCalls, meet: () => ({ kind: 'cut' }) },
  status(503, onNewCalls),
  garbled('HTML before', 'before', PAGE),
  garbled('HTML after', 'after', PAGE),
  garbled('empty before', 'before', ''),
  garbled('empty after', 'after', ''),
  { name: 'dribble', isTriedOn: onNewCalls, meet: () => ({ kind: 'dribble' }) },
  {
    name: 'told to leave',
    isTriedOn: everywhere,
    leads: 'to nothing',
    meet: ({ leave }) => ({ kind: 'pass', tell: leave }),
    spoil: ({ leave }) => ({ kind: 'pass', tell: leave }),
  },
  {
    name: 'killed within',
    isTriedOn: onTearable,
    leads: 'to death',
    spoil: ({ kill }) => ({ kind: 'torn', tell: kill }),
  },
  { name: 'disk full', isTriedOn: onWrites, spoil: () => ({ kind: 'full' }) },
  { name: 'disk stays full', isTriedOn: onWrites, lasts: true, spoil: () => ({ kind: 'full' }) },
];
