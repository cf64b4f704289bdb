import { existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findHome } from '../../../src/cli/home.ts';
import { tempFolder } from '../../support/temp-folder.ts';

describe('the home', () => {
  it('is one and the same, however its path is written', () => {
    const folder = realpathSync(tempFolder());
    const home = join(folder, 'home');
    mkdirSync(home);
    symlinkSync('home', join(folder, 'link'));
    const found = findHome(home);
    expect(found).toEqual({ path: home, id: expect.stringMatching(/^[0-9a-f]{12}$/) });
    for (const path of [`${home}/`, join(folder, 'link'), relative(process.cwd(), home), `${home}/../home`])
      expect(findHome(path)).toEqual(found);
    expect(findHome(folder).id).not.toBe(found.id);
  });

  it('is the checkout where none is named', () => {
    expect(existsSync(join(findHome(undefined).path, 'package.json'))).toBe(true);
    const packageFolder = realpathSync(tempFolder());
    const currentFolder = tempFolder();
    writeFileSync(join(currentFolder, 'compose.yaml'), '');
    expect(findHome(undefined, { packageFolder, currentFolder }).path).toBe(packageFolder);
  });

  describe('where npm has put the program', () => {
    const packageFolder = '/usr/lib/node_modules/refreshd';

    it.each(['docker-compose.yml', 'compose.yaml', 'refreshd.env'])(
      'is the current folder with a %s',
      name => {
        const currentFolder = realpathSync(tempFolder());
        writeFileSync(join(currentFolder, name), '');
        expect(findHome(undefined, { packageFolder, currentFolder }).path).toBe(currentFolder);
      },
    );

    it('has to be named elsewhere', () => {
      const currentFolder = tempFolder();
      mkdirSync(join(currentFolder, 'state'));
      expect(() => findHome(undefined, { packageFolder, currentFolder })).toThrow(
        `${currentFolder} is no home of refreshd: it has neither a compose file nor a refreshd.env.`,
      );
      const home = realpathSync(tempFolder());
      expect(findHome(home, { packageFolder, currentFolder }).path).toBe(home);
    });
  });

  it.each(['missing', 'file', 'dangling'])('must be a folder, not: %s', name => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'file'), '');
    symlinkSync('nowhere', join(folder, 'dangling'));
    expect(() => findHome(join(folder, name))).toThrow(`The home ${join(folder, name)} is not a folder.`);
  });
});
