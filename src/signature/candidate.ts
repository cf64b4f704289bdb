/** Something that may be a signature of an image, as it was found: nothing about it is proven yet. */
export interface Candidate {
  /** A Sigstore bundle (protobuf-specs, bundle.proto) as JSON. */
  readonly bundle: unknown;
  /** The bytes that were signed, where the bundle does not hold them itself. */
  readonly payload: Buffer | undefined;
}

/** One that cannot even be read, and why. */
export interface Unreadable {
  readonly problem: string;
}
