import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DockerConfig } from '../../../src/registry/docker-config.ts';
import { findCredentials } from '../../../src/registry/find-credentials.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** A helper that gives a login whose password is its own name and the server, or knows none. */
function environment(helpers: Readonly<Record<string, 'knows' | 'knows none'>>) {
  const folder = tempFolder();
  for (const [name, what] of Object.entries(helpers)) {
    const path = join(folder, `docker-credential-${name}`);
    const answer = `echo "{\\"Username\\":\\"u\\",\\"Secret\\":\\"${name} $(cat)\\"}"`;
    writeFileSync(path, `#!/bin/sh\n${what === 'knows' ? answer : 'echo credentials not found; exit 1'}\n`);
    chmodSync(path, 0o755);
  }
  return { PATH: `${folder}:${process.env['PATH']}` };
}

const HUB = 'https://index.docker.io/v1/';
const auth = (text: string) => Buffer.from(text).toString('base64');

/** The password (or token) that is found. */
async function found(
  config: DockerConfig,
  registry = 'registry.test',
  helpers: Parameters<typeof environment>[0] = {},
): Promise<string | undefined> {
  const credentials = await findCredentials(config, registry, environment(helpers));
  if (credentials === undefined) return undefined;
  return 'identityToken' in credentials
    ? `token ${credentials.identityToken}`
    : `${credentials.username} ${credentials.password}`;
}

const inFile = { 'registry.test': { auth: auth('file:pw') } };

describe('credentials', () => {
  it.each<[string, DockerConfig, Parameters<typeof environment>[0], string | undefined]>([
    ['nowhere', {}, {}, undefined],
    [
      'with the registry’s own helper',
      { credHelpers: { 'registry.test': 'own' }, credsStore: 'store', auths: inFile },
      { own: 'knows', store: 'knows' },
      'u own registry.test',
    ],
    [
      'with the default helper',
      { credHelpers: { 'other.test': 'own' }, credsStore: 'store', auths: inFile },
      { own: 'knows', store: 'knows' },
      'u store registry.test',
    ],
    [
      'with the default helper, where its own knows none',
      { credHelpers: { 'registry.test': 'own' }, credsStore: 'store' },
      { own: 'knows none', store: 'knows' },
      'u store registry.test',
    ],
    [
      'in the file, where no helper knows any',
      { credHelpers: { 'registry.test': 'own' }, credsStore: 'store', auths: inFile },
      { own: 'knows none', store: 'knows none' },
      'file pw',
    ],
    ['in the file, with no helper named', { credsStore: '', auths: inFile }, {}, 'file pw'],
    [
      'nowhere, of a registry that only has an entry',
      { credsStore: 'store', auths: { 'registry.test': {} } },
      { store: 'knows none' },
      undefined,
    ],
  ])('are found %s', async (_, config, helpers, expected) => {
    expect(await found(config, 'registry.test', helpers)).toBe(expected);
  });

  it('are not guessed where a helper is broken', async () => {
    await expect(found({ credsStore: 'missing', auths: inFile })).rejects.toMatchObject({
      code: 'credentials',
    });
  });

  it.each<[string, DockerConfig['auths'], string | undefined]>([
    ['of its host', { 'registry.test': { auth: auth('a:b:c') } }, 'a b:c'],
    ['of an address from older versions', { 'https://registry.test/v2/': { auth: auth('a:b') } }, 'a b'],
    ['of a plain address', { 'http://registry.test': { auth: auth('a:b') } }, 'a b'],
    ['with an identity token', { 'registry.test': { auth: auth('a:b'), identitytoken: 't' } }, 'token t'],
    ['in clear', { 'registry.test': { auth: auth('x:y'), username: 'a', password: 'b' } }, 'a b'],
    ['with a user name alone', { 'registry.test': { username: 'a', auth: auth('x:y') } }, 'x y'],
    ['that is no login', { 'registry.test': { auth: auth('nocolon') } }, undefined],
    ['without a user', { 'registry.test': { auth: auth(':pw') } }, undefined],
    ['that is no base64', { 'registry.test': { auth: '%%%' } }, undefined],
    ['of another port', { 'registry.test:5000': { auth: auth('a:b') } }, undefined],
    ['of a longer host', { 'registry.test.evil.test': { auth: auth('a:b') } }, undefined],
    [
      'of another host with its name in the path',
      { 'https://evil.test/registry.test': { auth: auth('a:b') } },
      undefined,
    ],
  ])('in the file: %s', async (_, auths, expected) => {
    expect(await found({ auths })).toBe(expected);
  });

  it('of Docker Hub are kept under its old address', async () => {
    expect(await found({ auths: { [HUB]: { auth: auth('a:b') } } }, 'docker.io')).toBe('a b');
    expect(await found({ auths: { 'docker.io': { auth: auth('a:b') } } }, 'docker.io')).toBe('a b');
    expect(await found({ credsStore: 'store' }, 'docker.io', { store: 'knows' })).toBe(`u store ${HUB}`);
    expect(await found({ credHelpers: { [HUB]: 'own' } }, 'docker.io', { own: 'knows' })).toBe(
      `u own ${HUB}`,
    );
    expect(await found({ credHelpers: { 'docker.io': 'own' } }, 'docker.io', { own: 'knows' })).toBe(
      `u own ${HUB}`,
    );
  });

  // docker/cli looks for the host itself first, and only then through addresses of older versions.
  it('of the host itself go before those of an address', async () => {
    const auths = {
      'https://registry.test': { auth: auth('old:o') },
      'registry.test': { auth: auth('new:n') },
    };
    expect(await found({ auths })).toBe('new n');
  });
});
