import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Sigstore } from './sigstore.ts';

/** The real tool, from a Debian of its own. */
export interface Cosign {
  /** `cosign 2` keeps signatures under a tag, `cosign 3` in bundles that refer to the image. */
  readonly version: 2 | 3;
  /** Makes a pair of keys. @returns the file of the public one; the private one lies beside it */
  makeKey(name: string): Promise<string>;
  /** @param reference the image by digest */
  sign(reference: string, by: SignedBy): Promise<void>;
  /** @returns whether it is content with the signature @throws what it says if it is not */
  verify(reference: string, by: SignedBy): Promise<void>;
}

/** With a key of that name; or as somebody whom a Sigstore certifies. */
export type SignedBy =
  | { readonly key: string }
  | {
      readonly sigstore: Sigstore;
      readonly identity: string;
      readonly issuer: string;
      /** Whether to leave out everything that proves when it was signed. */
      readonly unproven?: boolean;
    };

const ENTER_TREE = fileURLToPath(new URL('../setup/enter-tree.sh', import.meta.url));
const TREES = { 2: 'trixie', 3: 'sid' } as const;
const NO_PASSWORD = { COSIGN_PASSWORD: '', COSIGN_YES: 'true' };
const run = promisify(execFile);

/** @returns undefined where its Debian is not to be had @param folder for its keys and files, seen inside and outside */
export function openCosign(version: 2 | 3, folder: string): Cosign | undefined {
  const tree = join(process.env['SANDBOX_TREES'] ?? '', TREES[version]);
  if (!existsSync(tree)) return undefined;
  mkdirSync(folder, { recursive: true });
  const file = (name: string, content: string | object) => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  const cosign = (args: readonly string[], environment: Record<string, string> = {}) =>
    run('unshare', ['--mount', '--', ENTER_TREE, tree, folder, 'cosign', ...args], {
      env: { PATH: process.env['PATH'], HOME: folder, ...NO_PASSWORD, ...environment },
    });
  const trusting = ({ pem, url }: Sigstore) => ({
    SIGSTORE_ROOT_FILE: file(named('ca.pem', url), pem.ca),
    SIGSTORE_REKOR_PUBLIC_KEY: file(named('rekor.pem', url), pem.tlog),
    SIGSTORE_CT_LOG_PUBLIC_KEY_FILE: file(named('ctlog.pem', url), pem.ctlog),
    SIGSTORE_TSA_CERTIFICATE_FILE: file(named('tsa.pem', url), pem.tsa),
  });
  const keyOf = (name: string) => join(folder, `${name}.key`);

  return {
    version,
    makeKey: async name => {
      await cosign(['generate-key-pair', '--output-key-prefix', join(folder, name)]);
      return join(folder, `${name}.pub`);
    },
    sign: async (reference, by) => {
      const args = ['sign', '--allow-http-registry', ...whoSigns(version, by, file, keyOf), reference];
      await cosign(args, 'key' in by ? {} : trusting(by.sigstore));
    },
    verify: async (reference, by) => {
      const args = ['verify', '--allow-http-registry', ...whoSigned(version, by, file, keyOf), reference];
      await cosign(args, 'key' in by ? {} : trusting(by.sigstore));
    },
  };
}

/** A file's name for each Sigstore that there is. */
function named(name: string, url: string): string {
  return `${new URL(url).port}-${name}`;
}

type File = (name: string, content: string | object) => string;

function whoSigns(version: 2 | 3, by: SignedBy, file: File, keyOf: (name: string) => string): string[] {
  if ('key' in by) {
    const quiet = [
      '--signing-config',
      file('nobody.json', signingConfig()),
      '--trusted-root',
      file('none.json', NO_ROOT),
    ];
    return ['--key', keyOf(by.key), ...(version === 2 ? ['--tlog-upload=false'] : quiet)];
  }
  const { sigstore, identity, issuer, unproven = false } = by;
  const token = ['--identity-token', tokenFor(identity, issuer)];
  if (version === 3) {
    const config = file(named('signing.json', sigstore.url), signingConfig(sigstore.url));
    return [
      ...token,
      '--signing-config',
      config,
      '--trusted-root',
      file(named('root.json', sigstore.url), sigstore.trustedRoot()),
    ];
  }
  const proofs = ['--rekor-url', sigstore.url, '--timestamp-server-url', `${sigstore.url}/api/v1/timestamp`];
  return [...token, '--fulcio-url', sigstore.url, ...(unproven ? ['--tlog-upload=false'] : proofs)];
}

function whoSigned(version: 2 | 3, by: SignedBy, file: File, keyOf: (name: string) => string): string[] {
  if ('key' in by) {
    const key = keyOf(by.key).replace(/\.key$/, '.pub');
    return [
      '--key',
      key,
      '--insecure-ignore-tlog',
      ...(version === 3 ? ['--trusted-root', file('none.json', NO_ROOT)] : []),
    ];
  }
  const { sigstore, identity, issuer } = by;
  const signer = ['--certificate-identity', identity, '--certificate-oidc-issuer', issuer];
  return version === 3
    ? [...signer, '--trusted-root', file(named('root.json', sigstore.url), sigstore.trustedRoot())]
    : signer;
}

const NO_ROOT = { mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1' };

/** The services that cosign 3 signs with (Sigstore protobuf-specs, `signing_config.json`); none without an address. */
function signingConfig(url?: string): object {
  const mediaType = 'application/vnd.dev.sigstore.signingconfig.v0.2+json';
  if (url === undefined) return { mediaType };
  const service = (at: string) => ({
    url: at,
    majorApiVersion: 1,
    validFor: { start: '2020-01-01T00:00:00Z' },
    operator: 'test',
  });
  return {
    mediaType,
    caUrls: [service(url)],
    rekorTlogUrls: [service(url)],
    rekorTlogConfig: { selector: 'ANY' },
    tsaUrls: [service(`${url}/api/v1/timestamp`)],
    tsaConfig: { selector: 'ANY' },
  };
}

/** What an OpenID provider says of somebody (RFC 7519). Nobody here looks at its signature. */
function tokenFor(identity: string, issuer: string): string {
  const claims = { sub: identity, iss: issuer, aud: 'sigstore', iat: 1, exp: 9_999_999_999 };
  return ['{"alg":"RS256"}', JSON.stringify(claims), 'unsigned']
    .map(part => Buffer.from(part).toString('base64url'))
    .join('.');
}
