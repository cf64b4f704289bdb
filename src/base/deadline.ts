import { LONGEST_TIMER } from './clock.ts';

/**
 * Gives a promise a hard deadline. Needed because a client library may never settle (dockerode does not when
 * the engine dies in the middle of an answer), so its own timeouts cannot be trusted.
 *
 * @param ms how long to wait, in milliseconds; no longer than a timer can
 * @param work started at once; gets a signal that fires at the deadline so that it can let go of its socket
 * @param late makes the error to throw when the deadline passes first
 */
export async function within<T>(
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  late: () => Error,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    const end = () => {
      reject(late());
      controller.abort();
    };
    timer = setTimeout(end, Math.min(ms, LONGEST_TIMER));
  });
  try {
    return await Promise.race([work(controller.signal), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
