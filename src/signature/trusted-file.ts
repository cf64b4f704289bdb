import { constants, open } from 'node:fs/promises';
import { systemCode } from '../base/failure.ts';
import { SignatureError, type SignatureErrorCode } from './signature-error.ts';

/** No file of keys or of a trusted root is larger, in bytes. */
const LARGEST = 1024 * 1024;

/**
 * Reads a file that says who is trusted, which is why nobody but its owner and group may write to it.
 * @param what as it appears in errors: `The public key`
 * @throws SignatureError
 */
export async function readTrustedFile(path: string, what: string, code: SignatureErrorCode): Promise<string> {
  const refuse = (why: string, hint: string, cause?: unknown) =>
    new SignatureError(code, `${what} ${path} ${why}.`, { hint, cause });
  try {
    // Opened without waiting: nobody may ever write to what is a pipe.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw refuse('is not a plain file', 'Name another one.');
      if ((stats.mode & 0o002) !== 0)
        throw refuse('can be changed by every user of this machine', `Run: chmod o-w '${path}'`);
      if (stats.size > LARGEST) throw refuse('is far too large', 'Name another one.');
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof SignatureError) throw error;
    throw refuse(
      `cannot be read (${systemCode(error) ?? 'unknown error'})`,
      'Make the file readable for the user that runs refreshd, or name another one.',
      error,
    );
  }
}
