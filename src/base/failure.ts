/** What a failure says beside its message. */
export interface FailureDetails {
  /** What the reader can do about it: one sentence, or empty where nothing helps. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Whether the same attempt, made again, may well succeed. */
  readonly retryable?: boolean;
}

/**
 * Something broke. Each boundary has its own subclass with a literal `code`; foreign errors are translated
 * into one where they enter, so the rest of the house knows no other. What may well happen (an image is
 * outdated, a container unhealthy) is returned, never thrown.
 */
export abstract class Failure<Code extends string = string> extends Error {
  readonly code: Code;
  readonly hint: string;
  readonly retryable: boolean;

  constructor(code: Code, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = details.hint ?? '';
    this.retryable = details.retryable ?? false;
  }
}

/** The sentence a person reads: the message, and the hint where there is one. Never a stack. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Failure) return error.hint === '' ? error.message : `${error.message} ${error.hint}`;
  return error instanceof Error ? error.message : String(error);
}

/** The code of a Node system error (`ENOENT`, `ECONNREFUSED`, …), looked for through its causes. */
export function systemCode(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return undefined;
}
