import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sentenceOf } from '../../../src/base/failure.ts';
import { readPublicKeys } from '../../../src/signature/public-keys.ts';
import { SignatureError } from '../../../src/signature/signature-error.ts';
import { newKey } from '../../support/cosign-signature.ts';
import { startSigstore } from '../../support/sigstore.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const pem = (key = newKey()) => key.publicKey.export({ type: 'spki', format: 'pem' }).toString();

function fileOf(text: string, mode = 0o644): string {
  const path = join(tempFolder(), 'cosign.pub');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

async function refusal(path: string): Promise<string> {
  const error: unknown = await readPublicKeys(path).catch(thrown => thrown);
  expect(error).toBeInstanceOf(SignatureError);
  return sentenceOf(error).replaceAll(path, 'FILE');
}

it('reads one key or several, of every kind, whatever stands between them', async () => {
  const kinds = [
    newKey(),
    generateKeyPairSync('ed25519'),
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
    generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ];
  const text = kinds.map(
    each => `# a key\r\n${pem(each as ReturnType<typeof newKey>).replaceAll('\n', '\r\n')}`,
  );
  const keys = await readPublicKeys(fileOf(text.join('\n')));
  expect(keys.map(key => key.equals(kinds[keys.indexOf(key)]?.publicKey as never))).toEqual(
    kinds.map(() => true),
  );
  expect(await readPublicKeys(fileOf(pem()))).toHaveLength(1);
});

const HINT = 'It is the file that cosign generate-key-pair calls cosign.pub.';
it.each<[string, string | (() => string), string]>([
  ['nothing', '', `The file FILE holds no key (PEM). ${HINT}`],
  ['text', 'garbage', `The file FILE holds no key (PEM). ${HINT}`],
  ['half a key', () => pem().slice(0, 60), `The file FILE holds no key (PEM). ${HINT}`],
  [
    'a private key',
    () => newKey().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    `The file FILE holds a private key where a public key is wanted. ${HINT}`,
  ],
  [
    'a private key after a public one',
    () => pem() + newKey().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    `The file FILE holds a private key where a public key is wanted. ${HINT}`,
  ],
  [
    'a public key that is none',
    '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n',
    `The file FILE holds a public key that cannot be understood. ${HINT}`,
  ],
])('refuses a file with %s, in one sentence', async (_what, text, sentence) => {
  expect(await refusal(fileOf(typeof text === 'string' ? text : text()))).toBe(sentence);
});

it('refuses a certificate', async () => {
  const sigstore = await startSigstore();
  expect(await refusal(fileOf(sigstore.pem.ca))).toContain(
    'holds a certificate where a public key is wanted',
  );
  await sigstore.close();
});

it('refuses what is no file, cannot be read, is far too large, or can be changed by everybody', async () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'folder'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  expect(await refusal(join(folder, 'missing'))).toBe(
    'The public key FILE cannot be read (ENOENT). Make the file readable for the user that runs refreshd, or name another one.',
  );
  expect(await refusal(join(folder, 'folder'))).toContain('is not a plain file');
  expect(await refusal(join(folder, 'pipe'))).toContain('is not a plain file');
  expect(await refusal(fileOf(pem() + ' '.repeat(1024 * 1024)))).toContain('is far too large');
  expect(await refusal(fileOf(pem(), 0o646))).toBe(
    "The public key FILE can be changed by every user of this machine. Run: chmod o-w 'FILE'",
  );
});
