import { execFileSync } from 'node:child_process';
import {
  chownSync,
  closeSync,
  constants,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { appendDurably, readOwnFile, removeDurably, writeDurably } from '../../../src/base/durable-file.ts';
import { tempFolder } from '../../support/temp-folder.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = tempFolder();
  path = join(folder, 'file');
});

const text = () => readFileSync(path, 'utf8');
const mode = () => statSync(path).mode & 0o777;

/** Puts a link in the path's place. @returns where it leads */
function linkElsewhere(): string {
  const elsewhere = join(folder, 'elsewhere');
  writeFileSync(elsewhere, 'not ours\n');
  symlinkSync(elsewhere, path);
  return elsewhere;
}

function linkHard(): void {
  const elsewhere = join(folder, 'elsewhere');
  writeFileSync(elsewhere, 'not ours\n');
  linkSync(elsewhere, path);
}

describe('writing', () => {
  it.each<[string, () => unknown]>([
    ['a pipe', () => execFileSync('mkfifo', [path])],
    ['a second name of a file elsewhere', linkHard],
  ])('replaces %s', async (_, plant) => {
    plant();
    await writeDurably(path, 'ours');
    expect([text(), statSync(path).nlink]).toEqual(['ours', 1]);
  });

  it('makes a file for its owner alone', async () => {
    await writeDurably(path, 'größer\n');
    expect([text(), mode()]).toEqual(['größer\n', 0o600]);
  });

  it('replaces what was there, its mode too', async () => {
    writeFileSync(path, 'old and much longer', { mode: 0o644 });
    await writeDurably(path, 'new');
    expect([text(), mode(), readdirSync(folder)]).toEqual(['new', 0o600, ['file']]);
  });

  it('replaces a link and leaves alone what it leads to', async () => {
    const elsewhere = linkElsewhere();
    await writeDurably(path, 'ours');
    expect([text(), readFileSync(elsewhere, 'utf8')]).toEqual(['ours', 'not ours\n']);
  });

  it('leaves one whole text when many write at once', async () => {
    const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(10_000));
    await Promise.all(texts.map(each => writeDurably(path, each)));
    expect(texts).toContain(text());
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('leaves nothing behind where it fails', async () => {
    mkdirSync(path);
    await expect(writeDurably(path, 'x')).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['file']);
    await expect(writeDurably(join(folder, 'none', 'file'), 'x')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('appending', () => {
  it('makes a file for its owner alone and adds line after line', async () => {
    await appendDurably(path, 'first');
    await appendDurably(path, 'second');
    expect([text(), mode()]).toEqual(['first\nsecond\n', 0o600]);
  });

  it('lets a torn line spoil only itself', async () => {
    writeFileSync(path, 'whole\nto');
    await appendDurably(path, 'next');
    await appendDurably(path, 'last');
    expect(text()).toBe('whole\nto\nnext\nlast\n');
  });

  it('refuses a link', async () => {
    const elsewhere = linkElsewhere();
    await expect(appendDurably(path, 'ours')).rejects.toMatchObject({ code: 'ELOOP' });
    expect(readFileSync(elsewhere, 'utf8')).toBe('not ours\n');
  });

  it.each<[string, RegExp, () => unknown]>([
    ['a pipe', /not a regular file/, () => execFileSync('mkfifo', [path])],
    ['a folder', /EISDIR/, () => mkdirSync(path)],
    ['a file that has a second name', /second name elsewhere/, linkHard],
  ])('refuses %s', async (_, says, plant) => {
    plant();
    await expect(appendDurably(path, 'ours')).rejects.toThrow(says);
  });

  it('keeps every line whole when many append at once', async () => {
    const lines = Array.from({ length: 50 }, (_, i) => `${i}:${'x'.repeat(2000)}`);
    await Promise.all(lines.map(line => appendDurably(path, line)));
    expect(text().trimEnd().split('\n').sort()).toEqual(lines.sort());
  });
});

describe('reading', () => {
  it('gives the text, or undefined if there is none', async () => {
    expect(await readOwnFile(path)).toBeUndefined();
    expect(await readOwnFile(join(folder, 'none', 'file'))).toBeUndefined();
    writeFileSync(path, '');
    expect(await readOwnFile(path)).toBe('');
    writeFileSync(path, 'größer\n');
    expect(await readOwnFile(path)).toBe('größer\n');
  });

  it('gives the end of a file that is too long', async () => {
    writeFileSync(path, 'old\nnew\n');
    expect(await readOwnFile(path, 4)).toBe('new\n');
  });

  it('refuses a link', async () => {
    linkElsewhere();
    await expect(readOwnFile(path)).rejects.toMatchObject({ code: 'ELOOP' });
  });

  it('refuses a second name of a file elsewhere', async () => {
    linkHard();
    await expect(readOwnFile(path)).rejects.toThrow('it has a second name elsewhere');
  });

  it.runIf(process.getuid?.() === 0)('refuses what belongs to somebody else', async () => {
    writeFileSync(path, 'x');
    chownSync(path, 65534, 65534);
    await expect(readOwnFile(path)).rejects.toThrow('it belongs to user id 65534');
    await expect(appendDurably(path, 'x')).rejects.toThrow('it belongs to user id 65534');
  });

  it('refuses a folder', async () => {
    await expect(readOwnFile(folder)).rejects.toThrow('it is not a regular file');
  });

  it('refuses a pipe, and does not wait for somebody to write into it', async () => {
    execFileSync('mkfifo', [path]);
    const read = readOwnFile(path).catch((error: Error) => error.message);
    const end = await Promise.race([read, delay(300, 'it waits')]);
    closeSync(openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
    await read;
    expect(end).toBe('it is not a regular file');
  });
});

describe('removing', () => {
  it('removes the file, and is content where there is none', async () => {
    writeFileSync(path, 'x');
    await removeDurably(path);
    await removeDurably(path);
    expect(readdirSync(folder)).toEqual([]);
  });
});
