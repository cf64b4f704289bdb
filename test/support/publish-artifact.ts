import { DOCKER_MANIFEST, OCI_INDEX, sha256 } from './image.ts';
import { type PushTarget, putBlobs, putManifest } from './publish.ts';

/** One layer of what is no image. */
export interface ArtifactLayer {
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly annotations?: Readonly<Record<string, string>>;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const EMPTY = Buffer.from('{}');

/** Pushes layers and a manifest over them under a tag, as cosign does with signatures. @param subject a digest that it belongs to @returns the manifest's digest */
export async function publishArtifact(
  target: PushTarget,
  repository: string,
  tag: string,
  layers: readonly ArtifactLayer[],
  subject?: string,
): Promise<string> {
  const config = {
    mediaType: 'application/vnd.oci.empty.v1+json',
    size: EMPTY.length,
    digest: sha256(EMPTY),
  };
  const described = layers.map(({ mediaType, bytes, annotations }) => ({
    mediaType,
    size: bytes.length,
    digest: sha256(bytes),
    ...(annotations && { annotations }),
  }));
  const blobs = layers.map(({ bytes }) => ({ digest: sha256(bytes), bytes }));
  await putBlobs(target, repository, [...blobs, { digest: config.digest, bytes: EMPTY }]);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config,
      layers: described,
      ...(subject !== undefined && {
        artifactType: layers[0]?.mediaType,
        subject: { mediaType: DOCKER_MANIFEST, size: 1, digest: subject },
      }),
    }),
  );
  await putManifest(target, repository, tag, MANIFEST, manifest);
  return sha256(manifest);
}

/** Says under the tag for it what belongs to a digest (OCI distribution spec 1.1, referrers tag schema). */
export async function publishReferrers(
  target: PushTarget,
  repository: string,
  digest: string,
  referrers: readonly string[],
): Promise<void> {
  const manifests = [];
  for (const referrer of referrers) {
    const { bytes } = await readManifest(target, repository, referrer);
    manifests.push({ mediaType: MANIFEST, size: bytes.length, digest: referrer });
  }
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
  await putManifest(target, repository, digest.replace(':', '-'), OCI_INDEX, index);
}

/** Puts what one tag points at under another. */
export async function retag(target: PushTarget, repository: string, from: string, to: string): Promise<void> {
  const { bytes, type } = await readManifest(target, repository, from);
  await putManifest(target, repository, to, type, bytes);
}

async function readManifest(
  { host }: PushTarget,
  repository: string,
  name: string,
): Promise<{ bytes: Buffer; type: string }> {
  const answer = await fetch(`http://${host}/v2/${repository}/manifests/${name}`, {
    headers: { accept: `${MANIFEST}, ${OCI_INDEX}` },
  });
  if (answer.status !== 200) throw new Error(`reading ${repository}:${name}: HTTP ${answer.status}`);
  return { bytes: Buffer.from(await answer.arrayBuffer()), type: answer.headers.get('content-type') ?? '' };
}
