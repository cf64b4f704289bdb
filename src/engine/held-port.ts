import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from './engine-error.ts';

/**
 * After a start that failed Podman holds on to the ports until its service ends, when nobody asked it for 5 s, or
 * until it next clears its memory, every 2 minutes.
 */
const HELD = /cannot listen on the \w+ port/;
/** Milliseconds until the next attempt. */
const UNTIL_FREE = [250, 1000, 7000, 15_000, 30_000, 40_000, 40_000];

/** Starts a container, again and again while Podman itself holds its port. Docker never says these words. */
export async function startOnFreePort(start: () => Promise<unknown>, waits = UNTIL_FREE): Promise<void> {
  for (const wait of waits) {
    try {
      await start();
      return;
    } catch (error) {
      if (!(error instanceof EngineError) || !HELD.test(error.message)) throw error;
      await sleep(wait);
    }
  }
  await start();
}
