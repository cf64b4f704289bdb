import type { Clock } from '../base/clock.ts';
import type { ChildProcesses, Tick } from './child-processes.ts';
import type { Signals } from './signals.ts';

export interface KeepOptions {
  readonly children: ChildProcesses;
  readonly clock: Clock;
  readonly signals: Signals;
}

/** Timers stand still while a machine sleeps, so the wall clock is looked at this often, in milliseconds. */
const LOOK_AT_CLOCK = 30_000;
/** How long a run that was asked to leave gets to finish the rollout it is in, in milliseconds. */
const GRACE_AFTER_DEADLINE = 15 * 60_000;
/** Where not even the next due time can be worked out, it is tried again after this many milliseconds. */
const TICK_AGAIN = 5 * 60_000;
/** Exit codes of a run that did not take place: no engine, or another run held the lock. */
const DID_NOT_RUN: ReadonlySet<number> = new Set([4, 75]);

/**
 * The daemon: waits until a run is due and starts the same command that a person would type. It holds neither
 * settings nor a Docker client: one short-lived child works out when the next run is due, another one runs.
 *
 * @returns the exit code
 */
export async function keep({ children, clock, signals }: KeepOptions): Promise<number> {
  const first = await children.tick('start');
  if (typeof first === 'number') return first;
  await runChild(['recover', '--scheduled'], first.deadline, { children, clock, signals });
  let tick: Tick = first;
  for (;;) {
    const event = await waitUntil(tick.runAt, clock, signals);
    if (event === 'reload') {
      const reloaded = await children.tick('reload');
      if (typeof reloaded !== 'number') tick = reloaded;
    } else if (event === 'due') {
      const exit = await runChild(['run', '--scheduled'], tick.deadline, { children, clock, signals });
      // A run that was told to leave with the daemon is not through: it is made up for at the next start.
      if (!signals.stop.aborted) tick = (await nextTick(exit, { children, clock, signals })) ?? tick;
    }
    if (signals.stop.aborted) {
      await children.tick('stop');
      return 0;
    }
  }
}

/** When to run again; asked until there is an answer, undefined if the daemon is told to stop meanwhile. */
async function nextTick(exit: number, { children, clock, signals }: KeepOptions): Promise<Tick | undefined> {
  while (!signals.stop.aborted) {
    const tick = await children.tick(DID_NOT_RUN.has(exit) ? 'repeat' : 'completed');
    if (typeof tick !== 'number') return tick;
    await clock.sleep(TICK_AGAIN, signals.stop).catch(() => undefined);
  }
  return undefined;
}

/** Waits for a moment on the wall clock, which may jump, in stretches short enough to notice. */
async function waitUntil(moment: number, clock: Clock, signals: Signals): Promise<'due' | 'stop' | 'reload'> {
  const reload = signals.takeReload();
  const woken = AbortSignal.any([signals.stop, reload]);
  while (!woken.aborted) {
    const left = moment - clock.now();
    if (left <= 0) return 'due';
    await clock.sleep(Math.min(left, LOOK_AT_CLOCK), woken).catch(() => undefined);
  }
  return signals.stop.aborted ? 'stop' : 'reload';
}

/** Runs one command. At its deadline, or when the daemon is told to stop, it is asked to leave; later it is made to. */
async function runChild(
  command: readonly string[],
  deadline: number,
  { children, clock, signals }: KeepOptions,
): Promise<number> {
  if (signals.stop.aborted) return 0;
  const child = children.start(command);
  const over = new AbortController();
  signals.stop.addEventListener('abort', child.stop, { signal: over.signal });
  signals.force.addEventListener('abort', child.stop, { signal: over.signal });
  const watch = async () => {
    await clock.sleep(deadline, over.signal);
    child.stop();
    await clock.sleep(GRACE_AFTER_DEADLINE, over.signal);
    child.kill();
  };
  watch().catch(() => undefined);
  try {
    return await child.ended;
  } finally {
    over.abort();
  }
}
