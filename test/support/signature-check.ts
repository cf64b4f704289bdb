import type { KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../../src/image/digest.ts';
import { openSignatures, type RequiredSignature } from '../../src/signature/check-signature.ts';
import type { SignatureSource } from '../../src/signature/find-candidates.ts';
import { IDENTITY, ISSUER } from './cosign-signature.ts';
import { tempFolder } from './temp-folder.ts';

export const BY_KEY: RequiredSignature = { kind: 'key', keyFile: 'cosign.pub' };
export const BY_SIGNER: RequiredSignature = {
  kind: 'keyless',
  signer: { identity: IDENTITY, issuer: ISSUER },
  rootFile: 'root.json',
};

/** Whom a home trusts. */
export interface Trusting {
  readonly keys?: readonly KeyObject[];
  readonly root?: object;
}

/** What is found out about a digest: who signed it, or why it does not count. */
export async function found(
  source: SignatureSource,
  digest: Digest,
  demand: RequiredSignature,
  { keys = [], root = {} }: Trusting,
): Promise<string> {
  const home = tempFolder();
  const pems = keys.map(key => key.export({ type: 'spki', format: 'pem' }));
  writeFileSync(join(home, 'cosign.pub'), pems.join(''));
  writeFileSync(join(home, 'root.json'), JSON.stringify(root));
  const check = await openSignatures(home, join(home, 'state')).check(source, digest, demand);
  return check.kind === 'signed' ? `signed by ${check.by}` : check.reason;
}
