import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** One file or link of an image. */
export interface LayerFile {
  readonly path: string;
  readonly content?: string | Buffer;
  /** Makes it a symbolic link. */
  readonly link?: string;
  readonly mode?: number;
}

/** The part of an image's configuration that its author writes (OCI image spec, config.md), in the engine's spelling. */
export type ImageConfig = Readonly<Record<string, unknown>>;

/** A layer as it is sent and as it is known: uncompressed digest for the configuration, compressed one for the manifest. */
export interface Layer {
  readonly diffId: string;
  readonly digest: string;
  readonly bytes: Buffer;
}

/** A whole image of one platform, ready to be pushed. */
export interface BuiltImage {
  /** The digest of its configuration: the image id of an engine without the containerd image store. */
  readonly id: string;
  readonly config: Buffer;
  readonly layers: readonly Layer[];
  readonly manifest: Buffer;
  /** The digest of its manifest. */
  readonly digest: string;
  readonly platform: { readonly os: string; readonly architecture: string; readonly variant?: string };
}

export function sha256(bytes: Buffer | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Packs files into a layer, the same bytes every time. */
export async function buildLayer(files: readonly LayerFile[]): Promise<Layer> {
  const tar = pack();
  const folders = new Set(files.flatMap(({ path }) => parents(path)));
  const mtime = new Date(0);
  for (const name of [...folders].sort())
    tar.entry({ name, type: 'directory', mode: name === 'tmp' ? 0o1777 : 0o755, mtime });
  for (const { path, content = '', link, mode = 0o755 } of files) {
    if (link !== undefined) tar.entry({ name: path, type: 'symlink', linkname: link, mtime });
    else tar.entry({ name: path, mode, mtime }, content);
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  const plain = Buffer.concat(chunks);
  const bytes = gzipSync(plain, { level: 1 });
  return { diffId: sha256(plain), digest: sha256(bytes), bytes };
}

function parents(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

/** Puts layers and a configuration together. */
export function buildImage(
  layers: readonly Layer[],
  config: ImageConfig,
  platform: BuiltImage['platform'] = { os: 'linux', architecture: 'amd64' },
): BuiltImage {
  const configBytes = Buffer.from(
    JSON.stringify({
      ...platform,
      config,
      created: '2026-01-01T00:00:00Z',
      history: [],
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: DOCKER_MANIFEST,
      config: {
        mediaType: 'application/vnd.docker.container.image.v1+json',
        size: configBytes.length,
        digest: sha256(configBytes),
      },
      layers: layers.map(({ digest, bytes }) => ({
        mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
        size: bytes.length,
        digest,
      })),
    }),
  );
  return {
    id: sha256(configBytes),
    config: configBytes,
    layers,
    manifest,
    digest: sha256(manifest),
    platform,
  };
}

/** An index over images of several platforms. */
export function buildIndex(
  images: readonly BuiltImage[],
  annotations: Record<string, string> = {},
): { readonly bytes: Buffer; readonly digest: string } {
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: images.map(({ manifest, digest, platform }) => ({
        mediaType: DOCKER_MANIFEST,
        size: manifest.length,
        digest,
        platform,
      })),
      annotations,
    }),
  );
  return { bytes, digest: sha256(bytes) };
}
