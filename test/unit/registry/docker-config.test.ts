import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { readDockerConfig } from '../../../src/registry/docker-config.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const write = (folder: string, text: string) => {
  writeFileSync(join(folder, 'config.json'), text);
  return { DOCKER_CONFIG: folder };
};

describe('Docker’s config.json', () => {
  it('is read as far as logins go, whatever else it holds', async () => {
    const config = {
      auths: { 'registry.test': { auth: 'dTpw', email: null } },
      credsStore: 'store',
      credHelpers: { 'other.test': 'helper' },
      detachKeys: 'ctrl-e,e',
    };
    expect(await readDockerConfig(write(tempFolder(), JSON.stringify(config)))).toEqual(config);
    expect(await readDockerConfig(write(tempFolder(), '{"auths": null}'))).toEqual({ auths: null });
  });

  it('is an empty one where there is none', async () => {
    const folder = tempFolder();
    expect(await readDockerConfig({ DOCKER_CONFIG: folder })).toEqual({});
    expect(await readDockerConfig({ DOCKER_CONFIG: join(folder, 'no', 'folder') })).toEqual({});
    writeFileSync(join(folder, 'file'), '');
    expect(await readDockerConfig({ DOCKER_CONFIG: join(folder, 'file') })).toEqual({});
  });

  it.each([{}, { DOCKER_CONFIG: '' }])('is in ~/.docker with %j', async environment => {
    const home = tempFolder();
    vi.stubEnv('HOME', home);
    try {
      mkdirSync(join(home, '.docker'));
      write(join(home, '.docker'), '{"credsStore": "here"}');
      expect(await readDockerConfig(environment)).toEqual({ credsStore: 'here' });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it.each([
    ['{"auths": ', 'it is not JSON'],
    ['', 'it is empty'],
    ['{"auths": {"registry.test": {"auth": ["hunter2"]}}}', 'auths.registry.test.auth: '],
  ])('that reads %j is a failure, without its values', async (text, problem) => {
    const environment = write(tempFolder(), text);
    const path = join(environment.DOCKER_CONFIG, 'config.json');
    const error = await readDockerConfig(environment).catch(each => each);
    expect(error).toMatchObject({ name: 'RegistryError', code: 'credentials' });
    expect(error.message).toContain(`Docker's logins in ${path} are not understood: ${problem}`);
    expect(error.message).not.toContain('hunter2');
  });

  it('that cannot be read is a failure', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'config.json'));
    await expect(readDockerConfig({ DOCKER_CONFIG: folder })).rejects.toMatchObject({
      code: 'credentials',
      message: `Docker's logins in ${join(folder, 'config.json')} cannot be read (EISDIR).`,
    });
  });
});
