/** The digest of a manifest or blob: `sha256:` and 64 hex digits (OCI image spec, descriptor.md). */
export type Digest = string & { readonly __digest: unique symbol };

const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** @returns undefined if the text is no digest of an algorithm that the OCI image spec registers */
export function parseDigest(text: string): Digest | undefined {
  return DIGEST.test(text) ? (text as Digest) : undefined;
}

/** The first twelve hex digits, as people quote digests and ids. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha(256|512):/, '').slice(0, 12);
}

/** Whether that is how an image is called by its id, whole or in part. */
export function isIdOf(text: string, imageId: string): boolean {
  const [, hex = ''] = /^(?:sha256:)?([0-9a-f]{4,64})$/.exec(text) ?? [];
  return hex !== '' && imageId.startsWith(`sha256:${hex}`);
}
