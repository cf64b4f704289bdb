import { setTimeout as delay } from 'node:timers/promises';

/** Time as the rest of the house sees it, so that tests can turn it by hand. */
export interface Clock {
  /** The wall clock in milliseconds since 1970; it may jump. For dates people read, never for deadlines. */
  now(): number;
  /** Milliseconds that only ever grow, from an arbitrary start. For deadlines and durations. */
  elapsed(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason if that fires first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A longer timer of Node's overflows and fires at once (2^31 ms, about 24.8 days). */
export const LONGEST_TIMER = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: async (ms, signal) => {
    const end = performance.now() + ms;
    try {
      for (let left = ms; left > 0; left = end - performance.now()) {
        await delay(Math.min(left, LONGEST_TIMER), undefined, signal === undefined ? {} : { signal });
      }
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    }
    signal?.throwIfAborted();
  },
};
