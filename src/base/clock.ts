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

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  },
};
