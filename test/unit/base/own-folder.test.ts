import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { FolderError, prepareOwnFolder } from '../../../src/base/own-folder.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const PRIVATE = { what: 'the state folder', private: true };
const PUBLIC = { what: 'the home', private: false };
const isRoot = process.getuid?.() === 0;

let place: string;
let path: string;
beforeEach(() => {
  place = tempFolder();
  path = join(place, 'folder');
});

const mode = (folder = path) => statSync(folder).mode & 0o777;

async function errorOf(folder: string, rules = PRIVATE): Promise<FolderError> {
  const error = await prepareOwnFolder(folder, rules).catch(thrown => thrown);
  expect(error).toBeInstanceOf(FolderError);
  return error;
}

describe('a folder that is not there', () => {
  it.each([
    ['closed to others where it is private', PRIVATE, 0o700],
    ['open to readers otherwise', PUBLIC, 0o755],
  ])('is made, %s', async (_, rules, expected) => {
    await prepareOwnFolder(path, rules);
    expect(mode()).toBe(expected & ~process.umask());
  });

  it('is made with those above it', async () => {
    await prepareOwnFolder(join(path, 'a', 'b'), PRIVATE);
    expect(mode(join(path, 'a', 'b'))).toBe(0o700);
  });
});

describe('a folder that is there', () => {
  it.each(['777', '755', '710', '701'])('is closed where it is private (mode %s)', async wrong => {
    mkdirSync(path);
    chmodSync(path, Number.parseInt(wrong, 8));
    await prepareOwnFolder(path, PRIVATE);
    expect(mode()).toBe(0o700);
  });

  it('keeps its mode otherwise, and what is in it', async () => {
    mkdirSync(path);
    chmodSync(path, 0o775);
    writeFileSync(join(path, 'kept'), 'x');
    await prepareOwnFolder(path, PUBLIC);
    expect(mode()).toBe(0o775);
    expect(statSync(join(path, 'kept')).size).toBe(1);
  });

  it.runIf(isRoot)('is not used where it is private and belongs to somebody else', async () => {
    mkdirSync(path);
    chownSync(path, 65534, 65534);
    const error = await errorOf(path);
    expect(error.code).toBe('foreign-owner');
    expect(error.message).toMatch(/^The state folder \S+ belongs to user id 65534, not to \S+ \(0\)\.$/);
    expect(error.hint).toContain(`chown -R`);
    await prepareOwnFolder(path, PUBLIC);
  });

  it('is not used where every user can put another in its place', async () => {
    chmodSync(place, 0o777);
    expect(await errorOf(path)).toMatchObject({
      code: 'open-to-all',
      message: `The state folder ${path} lies in ${place}, which every user can write to.`,
      hint: `Close it: chmod o-w '${place}'.`,
    });
    chmodSync(place, 0o1777);
    await prepareOwnFolder(path, PRIVATE);
  });

  it.each(['777', '1777', '702'])(
    'is not used where every user can put files into it (mode %s)',
    async wrong => {
      mkdirSync(path);
      chmodSync(path, Number.parseInt(wrong, 8));
      expect(await errorOf(path, PUBLIC)).toMatchObject({
        code: 'open-to-all',
        message: `The home ${path} can be written to by every user.`,
      });
    },
  );

  // Root may write anywhere, so this says nothing there; it is reported as skipped.
  it.skipIf(isRoot).each([PRIVATE, PUBLIC])(
    'is not used where it cannot be written to ($what)',
    async rules => {
      mkdirSync(path, { mode: 0o500 });
      const error = await errorOf(path, rules);
      expect(error).toMatchObject({
        code: 'not-writable',
        hint: expect.stringContaining('write permission'),
      });
      expect(error.message).toMatch(/cannot be written to \(EACCES\)\.$/);
    },
  );
});

describe('what is in the way', () => {
  it.each([
    ['a file', () => writeFileSync(path, 'x')],
    ['a link to a folder', () => symlinkSync(place, path)],
    ['a link to a file', () => symlinkSync('/dev/null', path)],
  ])('is %s', async (_, put) => {
    put();
    const error = await errorOf(path);
    expect(error).toMatchObject({
      code: 'not-a-folder',
      message: `The state folder ${path} is not a plain folder.`,
      hint: 'Move away what is there, or choose another home with --home.',
    });
  });

  it('is a file above it', async () => {
    writeFileSync(path, 'x');
    expect((await errorOf(join(path, 'below'), PUBLIC)).code).toBe('not-a-folder');
  });

  it('is a link that leads nowhere', async () => {
    symlinkSync(join(place, 'nowhere'), path);
    expect((await errorOf(path)).code).toBe('not-a-folder');
  });

  it('is the system, which not even root can persuade', async () => {
    const error = await errorOf(join(path, 'x'.repeat(300)));
    expect(error).toMatchObject({
      code: 'not-writable',
      message: expect.stringMatching(/^The state folder \S+ cannot be written to \(ENAMETOOLONG\)\.$/),
      hint: expect.stringContaining('--home'),
    });
  });
});
