import { systemClock } from '../base/clock.ts';
import { Failure } from '../base/failure.ts';
import { formatLocalTime } from '../base/local-time.ts';
import { type Lock, type LockHolder, takeLock } from '../base/run-lock.ts';

/** Somebody else is at work. */
export class LockError extends Failure<'held'> {}

export interface LockOptions {
  /** A private folder of ours. */
  readonly folder: string;
  /** What we are doing: "run", "recover". */
  readonly doing: string;
  /** How long to wait for whoever holds it, in milliseconds. */
  readonly patience: number;
  readonly interrupted: AbortSignal;
}

const LOOK_AGAIN = 2000;

/**
 * Takes a lock, waiting for its holder as long as we are told to.
 * @param name what is locked: `home …` or `engine …`
 * @throws LockError that says who holds it
 */
export async function lock(
  name: string,
  { folder, doing, patience, interrupted }: LockOptions,
): Promise<Lock> {
  const until = systemClock.elapsed() + patience;
  for (;;) {
    const attempt = await takeLock(folder, name, { pid: process.pid, doing, since: systemClock.now() });
    if ('lock' in attempt) return attempt.lock;
    if (systemClock.elapsed() >= until || interrupted.aborted) throw held(attempt.heldBy);
    await systemClock.sleep(LOOK_AGAIN, interrupted).catch(() => undefined);
  }
}

function held(holder: LockHolder | undefined): LockError {
  const who = holder === undefined ? 'Another process' : `Process ${holder.pid}`;
  const what =
    holder === undefined ? '' : ` (refreshd ${holder.doing}, since ${formatLocalTime(holder.since)})`;
  return new LockError('held', `${who} is at work on this home or this engine${what}.`, {
    hint: 'Wait until it is through, then try again.',
  });
}
