import { Failure, systemCode } from '../base/failure.ts';

/** What refreshd remembers on disk cannot be written or read. */
export class StateError extends Failure<'not-writable' | 'unreadable' | 'garbled'> {}

export function toStateError(action: 'write' | 'read', path: string, error: unknown): StateError {
  const code = systemCode(error) ?? (error instanceof Error ? error.message : 'unknown error');
  return new StateError(
    action === 'write' ? 'not-writable' : 'unreadable',
    `${path} cannot be ${action === 'write' ? 'written' : 'read'} (${code}).`,
    {
      hint:
        code === 'ENOSPC'
          ? 'The disk is full: free some room.'
          : 'Check owner and mode of the state folder (yours, 0700).',
      cause: error,
    },
  );
}
