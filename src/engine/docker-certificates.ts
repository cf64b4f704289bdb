import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../base/failure.ts';
import type { CertificateFolder } from './docker-host.ts';
import { EngineError } from './engine-error.ts';

/** What TLS to an engine takes (PEM); what is not there is left out, as the docker command does. */
export interface DockerCertificates {
  /** The authority that is trusted instead of Node's. */
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** @throws EngineError where a file cannot be read, or where there is none in a folder that was named */
export async function readCertificates({ path, isNamed }: CertificateFolder): Promise<DockerCertificates> {
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map(name => readIfThere(join(path, name))),
  );
  if (isNamed && ca === undefined && cert === undefined)
    throw unusable(`${path} holds no ca.pem and no cert.pem.`);
  if ((cert === undefined) !== (key === undefined))
    throw unusable(`${path} holds one of cert.pem and key.pem, which belong together, and not the other.`);
  return { ...(ca && { ca }), ...(cert && key && { cert, key }) };
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') return undefined;
    throw unusable(`${path} cannot be read (${code}).`);
  }
}

function unusable(what: string): EngineError {
  return new EngineError('unreachable', what, {
    hint: 'DOCKER_CERT_PATH names the folder with ca.pem, cert.pem and key.pem for the engine.',
  });
}
