import { Failure } from '../base/failure.ts';

/**
 * - `unreachable`: no whole answer
 * - `denied`: it wants (other) credentials
 * - `not-found`: it has no such repository, tag or digest
 * - `rate-limited`: asked too often
 * - `failed`: it says that it is broken
 * - `garbage`: its answer is not what the distribution spec says
 * - `redirected`: it leaves the image to another registry
 * - `untrusted`: it wants logins to go elsewhere than before
 * - `no-platform`: it has the image, but not for this machine
 * - `credentials`: Docker's own configuration (logins, certificates) or credential helper cannot be used
 */
export type RegistryErrorCode =
  | 'unreachable'
  | 'denied'
  | 'not-found'
  | 'rate-limited'
  | 'failed'
  | 'garbage'
  | 'redirected'
  | 'untrusted'
  | 'no-platform'
  | 'credentials';

/** A registry did not say what it was asked. */
export class RegistryError extends Failure<RegistryErrorCode> {}
