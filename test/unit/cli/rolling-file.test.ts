import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openRollingFile } from '../../../src/cli/rolling-file.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const LINE = 'x'.repeat(299);
/** Four lines fill a file. */
const SIZE = 1100;

async function open(folder: string, keep = 3, troubles: string[] = []) {
  const file = await openRollingFile({ folder, size: SIZE, keep, onTrouble: code => troubles.push(code) });
  onTestFinished(() => file.close());
  return {
    ...file,
    /** Writes a line that begins with these words, and lets what it sets off happen. */
    say: async (words: string) => {
      file.write(words.padEnd(LINE.length, ' x'));
      await sleep(10);
    },
  };
}

const files = (folder: string) =>
  readdirSync(folder)
    .filter(name => name !== 'update.log')
    .sort();
const linked = (folder: string) => readlinkSync(join(folder, 'update.log'));
const lastLine = (folder: string) =>
  readFileSync(join(folder, 'update.log'), 'utf8').trimEnd().split('\n').at(-1);

describe('the log file', () => {
  it.skipIf(process.platform !== 'linux')('is in any folder there may be', async () => {
    const folder = join(tempFolder(), 'my "stack": <all>? 100% ünï | *');
    mkdirSync(folder);
    const { say } = await open(folder);
    for (let line = 1; line <= 9; line++) await say(`line ${line}`);
    expect(linked(folder)).toBe('update.3.log');
    expect(lastLine(folder)).toMatch(/^line 9/);
  });

  it('is a relative link to what is written, from the first moment', async () => {
    const folder = tempFolder();
    await open(folder);
    expect(linked(folder)).toBe('update.1.log');
    expect(readdirSync(folder).sort()).toEqual(['update.1.log', 'update.log']);
  });

  it('ends with the last line that was written, over all rolls, and is pruned', async () => {
    const folder = tempFolder();
    const log = await open(folder);
    const links = new Set<string>();
    for (let index = 0; index < 18; index++) {
      await log.say(`line ${index}`);
      expect(lastLine(folder)).toMatch(new RegExp(`^line ${index} `));
      links.add(linked(folder));
    }
    expect([...links]).toEqual([1, 2, 3, 4, 5].map(n => `update.${n}.log`));
    await expect.poll(() => files(folder)).toEqual(['update.3.log', 'update.4.log', 'update.5.log']);
    expect(readFileSync(join(folder, 'update.3.log'), 'utf8').split('\n')).toHaveLength(5);
  });

  // As a quiet week does: a process that writes its one line and is gone.
  it('is rolled and pruned though everybody writes a single line and leaves', async () => {
    const folder = tempFolder();
    for (let index = 0; index < 18; index++) {
      const log = await openRollingFile({ folder, size: SIZE, keep: 3, onTrouble: expect.unreachable });
      expect(existsSync(join(folder, linked(folder)))).toBe(true);
      log.write(`line ${index}`.padEnd(LINE.length, ' x'));
      await log.close();
      expect(lastLine(folder)).toMatch(new RegExp(`^line ${index} `));
    }
    expect(files(folder)).toEqual(['update.3.log', 'update.4.log', 'update.5.log']);
  });

  // One file is kept; the one that was just begun must not be kept instead of what was last said.
  it('ends with the last line also where few files are kept', async () => {
    const folder = tempFolder();
    const log = await open(folder, 2);
    for (let index = 0; index < 4; index++) await log.say(`line ${index}`);
    await sleep(100);
    expect(lastLine(folder)).toMatch(/^line 3 /);
  });

  it('goes on where the last process ended', async () => {
    const folder = tempFolder();
    const first = await open(folder);
    for (let index = 0; index < 6; index++) await first.say('before');
    const second = await open(folder);
    await second.say('after');
    expect(linked(folder)).toBe('update.2.log');
    expect(readFileSync(join(folder, 'update.2.log'), 'utf8').match(/^\w+/gm)).toEqual([
      'before',
      'before',
      'after',
    ]);
  });

  it('is mended where the link is stale', async () => {
    const folder = tempFolder();
    symlinkSync('update.7.log', join(folder, 'update.log'));
    await open(folder);
    expect(linked(folder)).toBe('update.1.log');
  });

  it('takes lines of two processes at once, and the link is never missing', async () => {
    const folder = tempFolder();
    const [one, two] = [await open(folder), await open(folder)];
    await one.say('from one');
    await two.say('from two');
    expect(readFileSync(join(folder, 'update.log'), 'utf8').match(/^from \w+/gm)).toEqual([
      'from one',
      'from two',
    ]);
    for (let index = 0; index < 9; index++) {
      await one.say('one');
      await two.say('two');
      expect(files(folder)).toContain(linked(folder));
    }
  });

  // One has rolled twice; when the other rolls for the first time, it must not lead the link back.
  it('links to the newest of two processes', async () => {
    const folder = tempFolder();
    const [one, two] = [await open(folder, 9), await open(folder, 9)];
    for (let index = 0; index < 9; index++) await one.say(`one ${index}`);
    expect(linked(folder)).toBe('update.3.log');
    for (let index = 0; index < 5; index++) await two.say(`two ${index}`);
    expect(linked(folder)).toBe('update.3.log');
  });
});

describe('what is in the way', () => {
  it.each<[string, (path: string) => void]>([
    ['a file', path => writeFileSync(path, 'mine')],
    ['a folder', path => mkdirSync(path)],
  ])('%s stays there, and is said', async (_, put) => {
    const folder = tempFolder();
    const path = join(folder, 'update.log');
    put(path);
    await expect(open(folder)).rejects.toMatchObject({
      name: 'LogError',
      code: 'in-the-way',
      message: `${path} is in the way: it should be a link of ours to the newest log file.`,
      hint: 'Move it away.',
    });
    expect(readdirSync(folder)).toEqual(['update.log']);
  });

  // Root may write to any file, so this says nothing there; it is reported as skipped.
  it.skipIf(process.getuid?.() === 0)('of a file that another user wrote is said too', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'update.1.log'), '', { mode: 0o400 });
    await expect(open(folder)).rejects.toMatchObject({ name: 'LogError', code: 'not-writable' });
  });

  it('of a roll is told once, and lines are taken all the same', async () => {
    const folder = tempFolder();
    const troubles: string[] = [];
    const log = await open(folder, 3, troubles);
    mkdirSync(join(folder, 'update.2.log'));
    for (let index = 0; index < 12; index++) await log.say(`line ${index}`);
    expect(troubles).toEqual(['EISDIR']);
  });
});

describe('what others may have planted', () => {
  it.each<[string, (path: string, elsewhere: string) => unknown]>([
    ['a link', (path, elsewhere) => symlinkSync(elsewhere, path)],
    ['a link that leads nowhere yet', path => symlinkSync('/nowhere', path)],
    ['a second name of a file elsewhere', (path, elsewhere) => linkSync(elsewhere, path)],
    ['a pipe, which nobody reads', path => execFileSync('mkfifo', [path])],
    ['a folder', path => mkdirSync(path)],
  ])('%s in the place of a log file is said, and left alone', async (_, plant) => {
    const folder = tempFolder();
    const elsewhere = join(tempFolder(), 'passwd');
    writeFileSync(elsewhere, 'root\n');
    plant(join(folder, 'update.7.log'), elsewhere);
    await expect(open(folder)).rejects.toMatchObject({
      code: 'in-the-way',
      message: `${join(folder, 'update.7.log')} is in the way: it should be a plain log file of ours.`,
    });
    expect(readFileSync(elsewhere, 'utf8')).toBe('root\n');
  });

  it.each(['passwd', 'passwd.9.log'])('a link out of the folder (to %s) is replaced by ours', async name => {
    const folder = tempFolder();
    const elsewhere = join(tempFolder(), name);
    writeFileSync(elsewhere, 'root\n');
    symlinkSync(elsewhere, join(folder, 'update.log'));
    const log = await open(folder);
    await log.say('ours');
    expect([linked(folder), readFileSync(elsewhere, 'utf8')]).toEqual(['update.1.log', 'root\n']);
  });
});
