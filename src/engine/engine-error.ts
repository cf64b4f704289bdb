import { cleanText } from '../base/clean-text.ts';
import { Failure, systemCode } from '../base/failure.ts';
import { shortDigest } from '../image/digest.ts';

/**
 * - `unreachable`: nobody listens, or we may not talk to it
 * - `unknown`: no (whole) answer came, so a change may have been made or not
 * - `not-found`, `conflict`, `refused`: the engine said no (404, 409, other 4xx)
 * - `no-room`: the engine's disk is full
 * - `failed`: the engine tried and failed (5xx, or an error inside a pull)
 * - `other-engine`: the socket leads to another one than before
 */
export type EngineErrorCode =
  | 'unreachable'
  | 'unknown'
  | 'not-found'
  | 'conflict'
  | 'refused'
  | 'no-room'
  | 'failed'
  | 'interrupted'
  | 'other-engine';

/** The engine did not do what it was asked. */
export class EngineError extends Failure<EngineErrorCode> {}

/** What was asked, in words that finish "The engine could not …". */
export type Operation = string;

/** Errors of the connection that are certain to come before the engine saw anything, those of TLS among them. */
const NOT_CONNECTED =
  /^(ECONNREFUSED|ENOENT|EACCES|EPERM|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOTSOCK)$|CERT|SIGNATURE|^UNABLE_TO_|^ERR_SSL|^ERR_TLS|^EPROTO$/;

/** Translates whatever dockerode throws. */
export function toEngineError(error: unknown, operation: Operation, host: string): EngineError {
  if (error instanceof EngineError) return error;
  const status = statusOf(error);
  if (status !== undefined && status < 400)
    // A success, but not the one that the engine gives: whoever answered, it says nothing of what was done.
    return unknownOutcome(operation, `it answered HTTP ${status}`, error);
  if (status !== undefined) return fromStatus(status, error, operation);
  const code = systemCode(error) ?? '';
  if (NOT_CONNECTED.test(code)) {
    return new EngineError('unreachable', `The Docker engine at ${host} cannot be reached (${code}).`, {
      hint: remedy(code),
      cause: error,
      retryable: true,
    });
  }
  return unknownOutcome(operation, code || 'the connection broke', error);
}

/** No whole answer came. */
export function unknownOutcome(operation: Operation, why: string, cause?: unknown): EngineError {
  return new EngineError(
    'unknown',
    shortIds(`The engine gave no answer when it was to ${operation} (${why}).`),
    {
      cause,
      retryable: true,
    },
  );
}

/** The engine tried, and it did not work out: in its own words. */
export function failedWith(message: string, cause?: unknown): EngineError {
  const isFull = /no space left on device|disk quota exceeded/i.test(message);
  return new EngineError(isFull ? 'no-room' : 'failed', message, {
    hint: isFull ? "Free some room on the engine's disk (docker system df shows what takes it)." : '',
    cause,
    retryable: true,
  });
}

function fromStatus(status: number, error: unknown, operation: Operation): EngineError {
  const message = shortIds(`The engine could not ${operation}: ${reasonOf(error)} (HTTP ${status}).`);
  if (status >= 500) return failedWith(message, error);
  const code = status === 404 ? 'not-found' : status === 409 ? 'conflict' : 'refused';
  return new EngineError(code, message, { cause: error });
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

/** Enough for what a runtime says of a container that does not start. */
const LONGEST_REASON = 500;

/** The engine's own words, out of dockerode's wrapping. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message.replace(/^\(HTTP code \d+\) .*? - /, '') : '';
  return cleanText(shortIds(message) || 'it gave no reason', LONGEST_REASON).replace(/[.\s]+$/, '');
}

/** Ids as people quote them. */
function shortIds(text: string): string {
  return text.replace(/[0-9a-f]{64}/g, shortDigest);
}

function remedy(code: string): string {
  if (code === 'EACCES' || code === 'EPERM') {
    return 'Add your user to the docker group (sudo usermod -aG docker "$USER", then log in again), or run as root.';
  }
  if (!/^E[A-Z]+$/.test(code) || code === 'EPROTO')
    return 'DOCKER_CERT_PATH names the folder with ca.pem, cert.pem and key.pem for that engine.';
  return 'Start Docker, or point DOCKER_HOST at the engine.';
}
