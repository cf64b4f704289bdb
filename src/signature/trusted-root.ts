import { mkdir } from 'node:fs/promises';
import type { TrustMaterial } from '@sigstore/verify';
import { sentenceOf } from '../base/failure.ts';
import { shapeOfJson, z } from '../base/shape.ts';
import { SignatureError } from './signature-error.ts';
import { readTrustedFile } from './trusted-file.ts';

const PATIENCE = 10_000;

/** Where Sigstore publishes what is to be trusted (TUF repository). */
export interface RootRepository {
  /** A folder of ours that it is kept in. */
  readonly cacheFolder: string;
  /** Another repository than Sigstore's, with the file of what it is trusted by. */
  readonly instead?: { readonly url: string; readonly rootFile: string };
}

/** Reads what is trusted from a file that the user names (Sigstore protobuf-specs, `trusted_root.json`). @throws SignatureError */
export async function readTrustedRoot(path: string): Promise<TrustMaterial> {
  const text = await readTrustedFile(path, 'The trusted root', 'root-unusable');
  const json = shapeOfJson(z.looseObject({}), text);
  if (!json.ok) throw unusable(path, json.problem);
  return materialOf(json.value, path);
}

/**
 * Sigstore's public root, kept up to date as TUF says: beginning with the one that comes with the library, every
 * change signed by those before. What was fetched before is used while it is not out of date.
 * @throws SignatureError
 */
export async function fetchPublicRoot({ cacheFolder, instead }: RootRepository): Promise<TrustMaterial> {
  try {
    await mkdir(cacheFolder, { recursive: true, mode: 0o700 });
    const { getTrustedRoot } = await import('@sigstore/tuf');
    const { toTrustMaterial } = await import('@sigstore/verify');
    const where = instead && { mirrorURL: instead.url, rootPath: instead.rootFile };
    return toTrustMaterial(
      await getTrustedRoot({ cachePath: cacheFolder, forceCache: true, timeout: PATIENCE, ...where }),
    );
  } catch (error) {
    throw new SignatureError('root-unusable', "Sigstore's public root cannot be fetched.", {
      hint: 'This machine must reach tuf-repo-cdn.sigstore.dev; or name a file of your own in REFRESHD_VERIFY_ROOT.',
      cause: error,
    });
  }
}

async function materialOf(json: object, path: string): Promise<TrustMaterial> {
  const { TrustedRoot } = await import('@sigstore/protobuf-specs');
  const { toTrustMaterial } = await import('@sigstore/verify');
  let material: TrustMaterial;
  try {
    material = toTrustMaterial(TrustedRoot.fromJSON(json));
  } catch (error) {
    throw unusable(path, sentenceOf(error), error);
  }
  if (material.certificateAuthorities.length === 0) throw unusable(path, 'it names no certificate authority');
  if (material.tlogs.length + material.timestampAuthorities.length === 0)
    throw unusable(path, 'it names neither a transparency log nor a timestamp authority');
  return material;
}

function unusable(path: string, why: string, cause?: unknown): SignatureError {
  return new SignatureError('root-unusable', `The trusted root ${path} cannot be used: ${why}.`, {
    hint: 'It is what Sigstore calls trusted_root.json.',
    cause,
  });
}
