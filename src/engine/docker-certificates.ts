import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../base/failure.ts';
import type { CertificateFolder } from './docker-host.ts';
import { EngineError } from './engine-error.ts';

/** What TLS to an engine takes (PEM). */
export interface DockerCertificates {
  /** The authority that is trusted instead of Node's. */
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** @throws EngineError */
export async function readCertificates({ path, isNamed }: CertificateFolder): Promise<DockerCertificates> {
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map(name => readPem(join(path, name), isNamed)),
  );
  return { ...(ca && { ca }), ...(cert && key && { cert, key }) };
}

async function readPem(path: string, isNeeded: boolean): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' && !isNeeded) return undefined;
    throw new EngineError('unreachable', `${path} cannot be read (${code}).`, {
      hint: 'DOCKER_CERT_PATH names the folder with ca.pem, cert.pem and key.pem for the engine.',
    });
  }
}
