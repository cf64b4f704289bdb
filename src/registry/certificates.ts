import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, rootCertificates } from 'node:tls';
import { systemCode } from '../base/failure.ts';
import type { HttpOptions } from '../base/http.ts';
import { RegistryError } from './registry-error.ts';

type Tls = NonNullable<HttpOptions['tls']>;
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What is trusted everywhere: `SSL_CERT_FILE` instead of Node's own authorities, as OpenSSL and Go have it, and
 * `NODE_EXTRA_CA_CERTS` in addition. @returns undefined where Node does that by itself. @throws RegistryError
 */
export async function readAuthorities(environment: Environment): Promise<readonly string[] | undefined> {
  const { SSL_CERT_FILE: file } = environment;
  if (!file) return undefined;
  const authorities = [await read(file), ...(await readExtra(environment))];
  check({ ca: authorities }, file, 'SSL_CERT_FILE names');
  return authorities;
}

/**
 * What Docker keeps for a registry in `certs.d/HOST[:PORT]` (its documentation, "Verify repository client with
 * certificates"): `*.crt` are authorities that are trusted as well, `*.cert` with `*.key` is a client certificate.
 * @param authorities those that are trusted everywhere, where they are not Node's own
 * @returns undefined if there is nothing of its own for that registry. @throws RegistryError
 */
export async function readCertificates(
  registry: string,
  environment: Environment,
  authorities: readonly string[] | undefined,
): Promise<Tls | undefined> {
  const folder = await findFolder(registry, environment);
  if (folder === undefined) return undefined;
  const { path, names } = folder;
  const ending = (end: string) => names.filter(name => name.endsWith(end)).sort();
  const own = await Promise.all(ending('.crt').map(name => read(join(path, name))));
  const everywhere = authorities ?? [...rootCertificates, ...(await readExtra(environment))];
  const tls = { ca: [...everywhere, ...own], ...(await readClient(path, ending('.cert'), ending('.key'))) };
  check({ ...tls, ca: own }, path, 'Docker keeps certificates in');
  return tls;
}

async function readClient(path: string, certs: readonly string[], keys: readonly string[]) {
  const [cert] = certs;
  const key = cert?.replace(/\.cert$/, '.key');
  const lonely = cert === undefined ? keys[0] : keys.includes(key ?? '') ? undefined : cert;
  if (lonely !== undefined) {
    throw new RegistryError(
      'credentials',
      `Docker's certificates in ${path} are not whole: ${lonely} is alone.`,
      {
        hint: 'A client certificate is NAME.cert with NAME.key; an authority is NAME.crt.',
      },
    );
  }
  if (cert === undefined || key === undefined) return {};
  return { cert: await read(join(path, cert)), key: await read(join(path, key)) };
}

/** The system's Docker, one without root, and the user's own. */
async function findFolder(registry: string, environment: Environment) {
  const roots = [
    join(environment['DOCKER_CONFIG'] || join(homedir(), '.docker'), 'certs.d'),
    join(environment['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'docker', 'certs.d'),
    '/etc/docker/certs.d',
  ];
  for (const root of roots) {
    const path = join(root, registry);
    const names = await readdir(path).catch(error => {
      if (/^(ENOENT|ENOTDIR)$/.test(systemCode(error) ?? '')) return undefined;
      throw unreadable(path, error);
    });
    if (names !== undefined) return { path, names };
  }
  return undefined;
}

/** Node warns by itself of one that it cannot read. */
async function readExtra({ NODE_EXTRA_CA_CERTS: file }: Environment): Promise<readonly string[]> {
  if (!file) return [];
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? [] : [text];
}

function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(error => {
    throw unreadable(path, error);
  });
}

/** Such a file is root's alone at times; the engine can read it then, and may be asked instead. */
function unreadable(path: string, error: unknown): RegistryError {
  return new RegistryError(
    'unreachable',
    `The certificates in ${path} cannot be read (${systemCode(error)}).`,
    {
      hint: 'Make them readable for the user that runs refreshd.',
      cause: error,
    },
  );
}

function check(tls: Tls, path: string, where: string): void {
  try {
    // An authority that cannot be read is passed over by OpenSSL without a word.
    for (const authority of tls.ca ?? []) new X509Certificate(authority);
    createSecureContext({ ...tls, ca: [...(tls.ca ?? [])] });
  } catch (error) {
    throw new RegistryError('credentials', `${where} ${path}, and they are not understood.`, {
      hint: 'They must be PEM, and a key must fit its certificate and have no password.',
      cause: error,
    });
  }
}
