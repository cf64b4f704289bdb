import { type Digest, parseDigest } from './digest.ts';
import { parseReference, type Reference, repositoryOf } from './reference.ts';

/** What an engine says of where an image comes from. */
export interface Provenance {
  /** As the engine lists them: `nginx@sha256:…`. */
  readonly RepoDigests?: readonly string[] | null | undefined;
  /** In containerd's image store, whatever names the image has or lost. */
  readonly Descriptor?: { readonly digest: string } | null | undefined;
  /** The repositories that it was pulled from or pushed to, where the engine knows that. */
  readonly Identity?:
    | { readonly Pull?: readonly { readonly Repository?: string | null | undefined }[] | null | undefined }
    | null
    | undefined;
}

/**
 * The digests under which an image was taken from a reference's repository. An image may have several (an index
 * and a manifest, or an index that was published again) and some of other repositories, which count for nothing.
 * In containerd's image store one that lost the name it was pulled by has the digest still.
 */
export function digestsOf(image: Provenance, reference: Reference): readonly Digest[] {
  const named = namedDigests(image.RepoDigests ?? [], reference);
  const own = parseDigest(image.Descriptor?.digest ?? '');
  return named.length > 0 || own === undefined ? named : [own];
}

function namedDigests(repoDigests: readonly string[], reference: Reference): readonly Digest[] {
  return repoDigests.flatMap(text => {
    const named = parseReference(text);
    const isSame = named !== undefined && repositoryOf(named) === repositoryOf(reference);
    return isSame && named.digest !== undefined ? [named.digest] : [];
  });
}

/**
 * Whether the digests listed for an image say nothing of where it comes from: containerd's image store has one for
 * every name, of images that were built or tagged here, too.
 * @param digestsForAll whether the engine does so without that store
 */
export function mayBeMadeHere(image: Provenance, digestsForAll = false): boolean {
  return digestsForAll || Boolean(image.Descriptor);
}

/** Whether the engine vouches that an image was pulled from a reference's repository, or pushed to it. */
export function isVouchedFor({ Identity }: Provenance, reference: Reference): boolean {
  return (Identity?.Pull ?? []).some(({ Repository }) => {
    const named = parseReference(Repository ?? '');
    return named !== undefined && repositoryOf(named) === repositoryOf(reference);
  });
}
