import { Failure } from '../base/failure.ts';

/** What the exit code of a command means. */
export const EXIT = {
  fine: 0,
  /** Something failed or was rolled back. */
  failed: 1,
  /** Usage or settings. */
  usage: 2,
  /** A person is needed: a rollback failed. */
  person: 3,
  /** The engine cannot be reached. */
  noEngine: 4,
  /** `check` found updates. */
  updates: 10,
  /** Another run holds the lock (sysexits.h, EX_TEMPFAIL). */
  locked: 75,
  /** Ended by Ctrl-C, as a shell says it. */
  interrupted: 130,
} as const;

/** Failures that mean something else than "failed", by class and code. */
const MEANINGS: Readonly<Record<string, number>> = {
  'EngineError unreachable': EXIT.noEngine,
  'LockError held': EXIT.locked,
  'RunError not-watched': EXIT.usage,
  'ServiceError failed': EXIT.failed,
  'RunError not-a-digest': EXIT.usage,
  'ComposeError no-stack': EXIT.usage,
  'ComposeError no-compose': EXIT.usage,
  'ComposeError too-old': EXIT.usage,
  'ComposeError no-service': EXIT.usage,
  'ComposeError unsafe': EXIT.usage,
};
/** Failures that always mean that something is set up wrong. */
const SETUP = new Set([
  'SettingsError',
  'HomeError',
  'FolderError',
  'LogError',
  'StateError',
  'ServiceError',
]);

/** The exit code for a failure that ended a command. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof Failure)) return EXIT.failed;
  return MEANINGS[`${error.name} ${error.code}`] ?? (SETUP.has(error.name) ? EXIT.usage : EXIT.failed);
}
