import { Failure } from '../base/failure.ts';

/** The service cannot be installed or removed. */
export class ServiceError extends Failure<
  /** This machine has neither systemd nor launchd, or it does not answer. */
  | 'no-supervisor'
  /** What is there is not what is asked for: another home, or a file that we did not write. */
  | 'taken'
  /** A path, an account or an engine that a service cannot do with. */
  | 'unsuitable'
  /** Nobody said yes. */
  | 'not-confirmed'
  /** A change did not work out. */
  | 'failed'
> {}
