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
  });

  it.each(['missing', 'file', 'dangling'])('must be a folder, not: %s', name => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'file'), '');
    symlinkSync('nowhere', join(folder, 'dangling'));
    expect(() => findHome(join(folder, name))).toThrow(`The home ${join(folder, name)} is not a folder.`);
  });
});
