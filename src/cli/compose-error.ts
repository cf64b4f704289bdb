import { Failure } from '../base/failure.ts';

/** What belongs to compose did not work out. */
export class ComposeError extends Failure<
  'no-stack' | 'no-compose' | 'too-old' | 'no-service' | 'unsafe' | 'failed' | 'not-proven'
> {}
