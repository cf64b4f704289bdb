import type { Clock } from './clock.ts';
import { Failure } from './failure.ts';

/**
 * Makes an attempt again after each wait, while it throws a failure that says it may be retried. Waits vary by
 * half, so that many clients do not come back all at once.
 * @param waits milliseconds before the second, third, … attempt; when they are used up the failure is thrown
 */
export async function withRetries<T>(
  clock: Clock,
  waits: readonly number[],
  attempt: () => Promise<T>,
): Promise<T> {
  for (const wait of waits) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Failure) || !error.retryable) throw error;
      await clock.sleep(wait * (0.5 + Math.random()));
    }
  }
  return attempt();
}
