import { sentenceOf } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import { StateError } from './state-error.ts';

/**
 * Writes down what came of things that are done. They are as they should be by then; a full disk must not turn that
 * into a failure, but is said.
 */
export async function bestEffort<T>(log: Log, write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    log.error(sentenceOf(error));
    return undefined;
  }
}
