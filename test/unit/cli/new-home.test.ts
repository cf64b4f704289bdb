import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeHome } from '../../../src/cli/new-home.ts';
import { readSettings } from '../../../src/cli/settings.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const ALL = ['docker-compose.yml', '.env.example', 'refreshd.env', '.gitignore'];
const make = async (folder: string) => {
  const { written, left } = await makeHome(folder);
  const names = (paths: readonly string[]) => paths.map(path => relative(folder, path));
  return { written: names(written), left: names(left) };
};
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('a new home', () => {
  it('has what a stack and its settings need, for all to read, whatever the umask', async () => {
    const folder = join(tempFolder(), 'new', 'home');
    const umask = process.umask(0o077);
    const made = await make(folder).finally(() => process.umask(umask));
    expect(made).toEqual({ written: ALL, left: [] });
    expect(ALL.map(name => modeOf(join(folder, name)))).toEqual(ALL.map(() => '644'));
    expect([folder, join(folder, '..')].map(modeOf)).toEqual(['755', '755']);
    for (const [name, from] of [
      ['docker-compose.yml', 'docker-compose.yml'],
      ['.env.example', '.env.example'],
      ['refreshd.env', 'refreshd.env.example'],
    ])
      expect(readFileSync(join(folder, name ?? ''), 'utf8')).toBe(readFileSync(from ?? '', 'utf8'));
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('.env\nlogs/\nstate/\n');
  });

  it('has the defaults, and a line for each setting that there is', async () => {
    const folder = tempFolder();
    await makeHome(folder);
    const settings = await readSettings(folder, {});
    expect(settings).toEqual(await readSettings(tempFolder(), {}));
    const text = readFileSync(join(folder, 'refreshd.env'), 'utf8');
    for (const key of Object.keys(settings)) expect(text).toMatch(new RegExp(`^#${key}=`, 'm'));
  });

  it('is made where there is one already, without changing anything', async () => {
    const folder = tempFolder();
    for (const name of ALL) writeFileSync(join(folder, name), 'mine', { mode: 0o600 });
    expect(await make(folder)).toEqual({ written: [], left: ALL });
    for (const name of ALL) {
      expect(readFileSync(join(folder, name), 'utf8')).toBe('mine');
      expect(modeOf(join(folder, name))).toBe('600');
    }
  });

  it('gets what is missing, and follows no link', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, '.gitignore'), 'mine');
    symlinkSync('elsewhere', join(folder, 'refreshd.env'));
    expect(await make(folder)).toEqual({
      written: ['docker-compose.yml', '.env.example'],
      left: ['refreshd.env', '.gitignore'],
    });
    expect(existsSync(join(folder, 'elsewhere'))).toBe(false);
  });

  it.each(['compose.yaml', 'compose.yml', 'docker-compose.yaml'])(
    'gets no stack of ours beside a %s',
    async name => {
      const folder = tempFolder();
      writeFileSync(join(folder, name), 'services: {}\n');
      expect(await make(folder)).toEqual({ written: ['refreshd.env', '.gitignore'], left: [name] });
    },
  );

  it('cannot be made of a file, and the sentence says what to do', async () => {
    const path = join(tempFolder(), 'file');
    writeFileSync(path, '');
    const failure = {
      name: 'HomeError',
      code: 'not-writable',
      hint: expect.stringContaining('Choose a folder'),
    };
    await expect(makeHome(path)).rejects.toMatchObject({
      ...failure,
      message: `${path} cannot be made a home (ENOTDIR).`,
    });
    await expect(makeHome(join(path, 'below'))).rejects.toMatchObject(failure);
  });

  it.skipIf(process.getuid?.() === 0)('cannot be made where one may not write', async () => {
    const folder = join(tempFolder(), 'closed');
    mkdirSync(folder, { mode: 0o500 });
    await expect(makeHome(folder)).rejects.toMatchObject({ code: 'not-writable' });
  });
});
