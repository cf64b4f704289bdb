import type { Digest } from '../image/digest.ts';
import type { Platform } from '../image/platform.ts';
import type { Reference } from '../image/reference.ts';
import type { Challenge } from './challenge.ts';
import type { Credentials } from './credentials.ts';

/** The image of one platform behind a digest. */
export interface PlatformImage {
  /** The digest of the platform's own manifest; the one that was asked about, where that is no index. */
  readonly manifest: Digest;
  /**
   * The digest of its configuration: the image id of engines without the containerd image store. Where only the engine
   * can ask, it and the manifest's are not known, and both are the digest that was asked about.
   */
  readonly config: Digest;
  /** What there is to download, in bytes, if none of it is here yet. */
  readonly size: number;
}

/** Image registries (OCI distribution spec 1.1, pull), as far as we ask them. Everything throws RegistryError. */
export interface Registry {
  /** The digest that the reference's tag points at now, by one HEAD request. */
  offeredDigest(reference: Reference): Promise<Digest>;
  /** Whether the reference's repository has that digest, by one HEAD request. */
  has(reference: Reference, digest: Digest): Promise<boolean>;
  /** What a digest means for a platform; every byte read is checked against its digest. */
  platformImage(reference: Reference, digest: Digest, platform: Platform): Promise<PlatformImage>;
  /** What a tag or digest of the reference's repository points at, as it was sent; undefined if there is none. */
  manifest(reference: Reference, name: string): Promise<Buffer | undefined>;
  /** The digests of manifests there that name this one as their subject, by the API for it or by the tag instead of it. */
  referrers(reference: Reference, digest: Digest): Promise<readonly Digest[]>;
  /** A blob there, checked against its digest; undefined if it is missing, or longer than `limit` bytes. */
  blob(reference: Reference, digest: Digest, limit: number): Promise<Buffer | undefined>;
  /**
   * What Docker has stored for the reference's registry, for handing to the engine, which sends it wherever the
   * registry says. @returns undefined where there is nothing, or where it is better withheld
   */
  credentials(reference: Reference): Promise<Credentials | undefined>;
  /**
   * How registries want to be asked, by host, as learnt now or before. Worth remembering: it saves a request each,
   * and a registry that suddenly wants logins to go elsewhere is noticed.
   */
  challenges(): ReadonlyMap<string, Challenge>;
  /** Requests for manifests sent so far. */
  requests(): number;
  close(): Promise<void>;
}
