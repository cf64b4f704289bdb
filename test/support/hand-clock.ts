import type { Clock } from '../../src/base/clock.ts';

/** A clock that stands still until it is turned by hand. */
export interface HandClock extends Clock {
  /** Lets time pass on both clocks, waking sleepers in their order, and whoever they wake in turn. */
  advance(ms: number): Promise<void>;
  /** Moves the wall clock alone, as a correction or a sleeping machine does. */
  jump(ms: number): void;
  /** How long each sleep was meant to be. */
  readonly sleeps: readonly number[];
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** @param start the wall clock at the beginning, in milliseconds since 1970 */
export function handClock(start = 1_000_000): HandClock {
  let elapsed = 0;
  let offset = start;
  const sleepers = new Set<Sleeper>();
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => offset + elapsed,
    elapsed: () => elapsed,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        sleeps.push(ms);
        if (signal?.aborted) return reject(signal.reason);
        const leave = () => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const wake = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', leave);
          resolve();
        };
        const sleeper = { at: elapsed + ms, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', leave, { once: true });
      }),
    advance: async ms => {
      const end = elapsed + ms;
      for (;;) {
        await settled();
        const [next] = [...sleepers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        elapsed = Math.max(elapsed, next.at);
        next.wake();
      }
      elapsed = end;
      await settled();
    },
    jump: ms => {
      offset += ms;
    },
  };
}

/** When everything that only waits for promises has been done. */
export function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
