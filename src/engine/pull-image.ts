import { familiarRepository, nameByDigest } from '../image/reference.ts';
import type { ImagePull, PullProgress } from './engine.ts';
import type { EngineStream } from './engine-call.ts';
import { EngineError } from './engine-error.ts';
import { readPullStream } from './pull-stream.ts';

/**
 * Pulls an image by digest (Docker Engine API, ImageCreate). @throws EngineError
 * @param silence how long the engine may say nothing, in milliseconds
 */
export async function pullImage(
  stream: EngineStream,
  silence: number,
  { reference, digest, platform, credentials }: ImagePull,
  onProgress: (progress: PullProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const what = nameByDigest(reference, digest);
  const interrupted = () => new EngineError('interrupted', `The pull of ${what} was interrupted.`);
  if (signal.aborted) throw interrupted();
  try {
    const answer = await stream({
      method: 'POST',
      path: '/images/create',
      query: {
        fromImage: familiarRepository(reference),
        tag: digest,
        ...(platform !== undefined && { platform }),
      },
      credentials,
      accept: [200],
      operation: `pull ${what}`,
      deadline: silence,
      // Closing the connection is how a pull is cancelled.
      signal,
    });
    await readPullStream(answer, what, onProgress, { silence });
  } catch (error) {
    throw signal.aborted ? interrupted() : error;
  }
}
