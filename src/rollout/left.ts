import type { RolloutFailure } from '../journal/journal.ts';

/** The end of a run that was told to leave. */
export const LEFT: RolloutFailure = {
  reason: 'interrupted before anything was stopped',
  blame: 'environment',
};
