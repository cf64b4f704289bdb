import type { Clock } from '../base/clock.ts';
import { eitherSignal } from '../base/either-signal.ts';
import type { ChildProcesses, Tick } from './child-processes.ts';
import type { Signals } from './signals.ts';
import type { Supervisor } from './supervisor.ts';

export interface KeepOptions {
  readonly children: ChildProcesses;
  readonly clock: Clock;
  readonly signals: Signals;
  readonly supervisor: Supervisor;
}

/**
 * Timers stand still while a machine sleeps, so the wall clock is looked at this often, in milliseconds; and whoever
 * watches over us is told that we still get on.
 */
const LOOK_AT_CLOCK = 30_000;
/** A clock that is off by more than that when it is looked at was set, or stood still while the machine slept. */
const MOVED = 60_000;
/** How long a run that was asked to leave gets to finish the rollout it is in, in milliseconds. */
const GRACE_AFTER_ASKING = 15 * 60_000;
/** Where not even the next due time can be worked out, it is tried again after this many milliseconds. */
const TICK_AGAIN = 5 * 60_000;
/** Exit codes of a run that did not take place: no engine, or another run held the lock. */
const DID_NOT_RUN: ReadonlySet<number> = new Set([4, 75]);
/** As such a run counts one whose window closed before its turn came. */
const WINDOW_CLOSED = 75;
/** Those of a run that came to its own end; any other was ended, and may have left a rollout unfinished. */
const CAME_TO_ITS_END: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 10, 75]);
/** Those of a recovery after which nothing is left to try: all is in order, or only a person can help. */
const NO_USE_IN_TRYING: ReadonlySet<number> = new Set([0, 3]);
/** What the daemon has to say of the last command beside when the next run is. */
const LAST_WORDS: ReadonlyMap<number, string> = new Map([
  [3, 'A person is needed: see refreshd status. '],
  [4, 'The Docker engine could not be reached. '],
]);
const RECOVERING = 'Bringing to an end what was interrupted, if anything was.';
/** How long until a recovery is tried again: at first, and from then on. */
const RECOVER_SOON = 60_000;
const RECOVER_LATER = 5 * 60_000;

/** When unfinished rollouts are to be brought to an end without waiting for the next run, which does so too. */
interface Recovery {
  /** In milliseconds since 1970. */
  readonly at: number;
  /** How long to wait if that does not work out, in milliseconds. */
  readonly tryAgainAfter: number;
}

/** What the daemon waits for. */
interface Ahead {
  readonly tick: Tick;
  readonly recovery: Recovery;
  /** How the last command ended; 0 before there was one. */
  readonly lastExit: number;
}

const NO_RECOVERY: Recovery = { at: Number.POSITIVE_INFINITY, tryAgainAfter: RECOVER_SOON };

/**
 * The daemon: waits until a run is due and starts the same command that a person would type. It holds neither
 * settings nor a Docker client: one short-lived child works out when the next run is due, another one runs.
 *
 * @returns the exit code
 */
export async function keep(options: KeepOptions): Promise<number> {
  const { children, clock, signals, supervisor } = options;
  const first = await children.tick('start');
  if (typeof first === 'number') return first;
  supervisor.ready(RECOVERING);
  signals.stop.addEventListener('abort', supervisor.stopping, { once: true });
  let ahead: Ahead = { tick: first, recovery: recoveryNow(clock), lastExit: 0 };
  for (;;) {
    const event = await waitUntil(Math.min(ahead.recovery.at, ahead.tick.runAt), options);
    if (event === 'reload' || event === 'moved') ahead = await readAgain(ahead, event, options);
    else if (event === 'due') ahead = await doWhatIsDue(ahead, options);
    if (signals.stop.aborted) {
      await children.tick('stop');
      return 0;
    }
  }
}

/** Where the settings cannot be read, which the child says, everything stays as it was. */
async function readAgain(ahead: Ahead, reason: 'reload' | 'moved', options: KeepOptions): Promise<Ahead> {
  if (reason === 'reload') options.signals.heedReload();
  const tick = await options.children.tick(reason);
  if (typeof tick === 'number') return ahead;
  const after = { ...ahead, tick };
  sayWhatIsNext(after, options);
  return after;
}

async function doWhatIsDue(ahead: Ahead, options: KeepOptions): Promise<Ahead> {
  const after =
    ahead.recovery.at <= options.clock.now() ? await recover(ahead, options) : await run(ahead, options);
  sayWhatIsNext(after, options);
  return after;
}

function sayWhatIsNext({ tick, lastExit }: Ahead, { supervisor }: KeepOptions): void {
  supervisor.status(`${LAST_WORDS.get(lastExit) ?? ''}Next run ${tick.due}.`);
}

async function run({ tick, recovery }: Ahead, options: KeepOptions): Promise<Ahead> {
  const { clock, signals, supervisor } = options;
  // A recovery may have taken its time. What runs when the window closes begins nothing new, as at its deadline.
  const left = Math.min(tick.deadline, (tick.closesAt ?? Number.POSITIVE_INFINITY) - clock.now());
  if (left > 0) supervisor.status('A run is at work.');
  const exit = left > 0 ? await runChild(['run', '--scheduled'], left, options) : WINDOW_CLOSED;
  // A run that was told to leave with the daemon is not through: it is made up for at the next start.
  const next = signals.stop.aborted ? undefined : await nextTick(exit, options);
  return {
    tick: next ?? tick,
    recovery: CAME_TO_ITS_END.has(exit) ? recovery : recoveryNow(clock),
    lastExit: exit,
  };
}

function recoveryNow(clock: Clock): Recovery {
  return { at: clock.now(), tryAgainAfter: RECOVER_SOON };
}

/** Tried again later, where that is of use. */
async function recover({ tick, recovery: { tryAgainAfter } }: Ahead, options: KeepOptions): Promise<Ahead> {
  options.supervisor.status(RECOVERING);
  const exit = await runChild(['recover', '--scheduled'], tick.deadline, options);
  const again = { at: options.clock.now() + tryAgainAfter, tryAgainAfter: RECOVER_LATER };
  return { tick, recovery: NO_USE_IN_TRYING.has(exit) ? NO_RECOVERY : again, lastExit: exit };
}

/** When to run again; asked until there is an answer, undefined if the daemon is told to stop meanwhile. */
async function nextTick(exit: number, options: KeepOptions): Promise<Tick | undefined> {
  const { children, signals } = options;
  while (!signals.stop.aborted) {
    const tick = await children.tick(DID_NOT_RUN.has(exit) ? 'repeat' : 'completed');
    if (typeof tick !== 'number') return tick;
    await pass(TICK_AGAIN, signals.stop, options);
  }
  return undefined;
}

/** Lets time pass, and says that we still get on. @returns early if the signal fires */
async function pass(ms: number, until: AbortSignal, { clock, supervisor }: KeepOptions): Promise<void> {
  const end = clock.elapsed() + ms;
  for (let left = ms; left > 0 && !until.aborted; left = end - clock.elapsed()) {
    supervisor.alive();
    await clock.sleep(Math.min(left, LOOK_AT_CLOCK), until).catch(() => undefined);
  }
}

/**
 * Waits for a moment on the wall clock, in stretches short enough to notice that it jumps. `moved`: it went back, or
 * the moment went by while the machine slept.
 */
async function waitUntil(
  moment: number,
  { clock, signals, supervisor }: KeepOptions,
): Promise<'due' | 'stop' | 'reload' | 'moved'> {
  const { signal: woken, release } = eitherSignal(signals.stop, signals.reload());
  try {
    while (!woken.aborted) {
      const before = clock.now();
      const stretch = Math.min(moment - before, LOOK_AT_CLOCK);
      if (stretch <= 0) return 'due';
      supervisor.alive();
      await clock.sleep(stretch, woken).catch(() => undefined);
      const now = clock.now();
      if (!woken.aborted && (now < before - MOVED || now > moment + MOVED)) return 'moved';
    }
    return signals.stop.aborted ? 'stop' : 'reload';
  } finally {
    release();
  }
}

/** Runs one command. At its deadline, or when the daemon is told to stop, it is asked to leave; later it is made to. */
async function runChild(command: readonly string[], deadline: number, options: KeepOptions): Promise<number> {
  const { children, signals } = options;
  if (signals.stop.aborted) return 0;
  const child = children.start(command);
  const over = new AbortController();
  const toldToLeave = new AbortController();
  signals.stop.addEventListener('abort', () => toldToLeave.abort(), { signal: over.signal });
  signals.force.addEventListener('abort', child.stop, { signal: over.signal });
  const watch = async () => {
    await pass(deadline, toldToLeave.signal, options);
    if (over.signal.aborted) return;
    child.stop();
    await pass(GRACE_AFTER_ASKING, over.signal, options);
    if (!over.signal.aborted) child.kill();
  };
  void watch();
  try {
    return await child.ended;
  } finally {
    over.abort();
    toldToLeave.abort();
  }
}
