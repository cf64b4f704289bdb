import type { Digest } from './digest.ts';
import { parseReference, type Reference, repositoryOf } from './reference.ts';

/**
 * The digests under which an image was taken from a reference's repository. An image may have several (an index
 * and a manifest, or an index that was published again) and some of other repositories, which count for nothing.
 * @param repoDigests as the engine lists them: `nginx@sha256:…`
 */
export function digestsOf(repoDigests: readonly string[], reference: Reference): readonly Digest[] {
  return repoDigests.flatMap(text => {
    const named = parseReference(text);
    const isSame = named !== undefined && repositoryOf(named) === repositoryOf(reference);
    return isSame && named.digest !== undefined ? [named.digest] : [];
  });
}
