import { Failure } from '../base/failure.ts';

/**
 * - `key-unusable`: the file of public keys cannot be read, or holds none
 * - `root-unusable`: what is to be trusted cannot be read, fetched or understood
 */
export type SignatureErrorCode = 'key-unusable' | 'root-unusable';

/** Signatures cannot be verified at all, whatever they are. */
export class SignatureError extends Failure<SignatureErrorCode> {}
