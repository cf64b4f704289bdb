import { createPublicKey, type KeyObject } from 'node:crypto';
import { SignatureError } from './signature-error.ts';
import { readTrustedFile } from './trusted-file.ts';

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----[\s\S]*?-----END \1-----/g;

/**
 * Reads the public keys of a file (PEM); several are there while one follows another.
 * @throws SignatureError if it holds none, or anything else than public keys
 */
export async function readPublicKeys(path: string): Promise<readonly KeyObject[]> {
  const text = await readTrustedFile(path, 'The public key', 'key-unusable');
  const blocks = [...text.matchAll(BLOCK)];
  if (blocks.length === 0) throw unusable(path, 'holds no key (PEM)');
  return blocks.map(([pem, label = '']) => {
    // Node would make a public key out of a private one or a certificate, and the mistake would go unnoticed.
    if (label !== 'PUBLIC KEY' && label !== 'RSA PUBLIC KEY')
      throw unusable(path, `holds a ${label.toLowerCase()} where a public key is wanted`);
    try {
      return createPublicKey(pem);
    } catch (error) {
      throw unusable(path, 'holds a public key that cannot be understood', error);
    }
  });
}

function unusable(path: string, why: string, cause?: unknown): SignatureError {
  return new SignatureError('key-unusable', `The file ${path} ${why}.`, {
    hint: 'It is the file that cosign generate-key-pair calls cosign.pub.',
    cause,
  });
}
