import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Lock, type LockAttempt, takeLock } from '../../../src/base/run-lock.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** Another process that takes a lock and keeps it. */
const KEEPER = `
import { takeLock } from './run-lock.js';
const [folder, name, platform] = process.argv.slice(2);
Object.defineProperty(process, 'platform', { value: platform });
const attempt = await takeLock(folder, name, { pid: process.pid, doing: 'run', since: 42 });
process.send({ took: 'lock' in attempt });
setInterval(() => {}, 1000);
`;

let built: string;
beforeAll(() => {
  built = mkdtempSync(join(tmpdir(), 'refreshd-built-'));
  const options =
    '--ignoreConfig --module nodenext --target es2023 --types node --rewriteRelativeImportExtensions';
  const source = resolve('src/base/run-lock.ts');
  execFileSync(resolve('node_modules/.bin/tsc'), [...options.split(' '), '--outDir', built, source]);
  writeFileSync(join(built, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(built, 'keeper.js'), KEEPER);
});
afterAll(() => rmSync(built, { recursive: true, force: true }));

const SELF = { pid: process.pid, doing: 'recover', since: 1_700_000_000_000 };
const real = process.platform;
const kinds = [
  { kind: 'an abstract socket', platform: 'linux' },
  { kind: 'a socket file', platform: 'darwin' },
].filter(({ platform }) => platform !== 'linux' || real === 'linux');

describe.each(kinds)('a lock by $kind', ({ platform }) => {
  let folder: string;
  let name: string;
  const locks: Lock[] = [];
  const children: ChildProcess[] = [];

  beforeEach(() => {
    Object.defineProperty(process, 'platform', { value: platform });
    folder = tempFolder();
    name = `home ${randomUUID()}`;
  });
  afterEach(async () => {
    Object.defineProperty(process, 'platform', { value: real });
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await Promise.all(locks.splice(0).map(lock => lock.release()));
  });

  async function take(self = SELF, what = name): Promise<LockAttempt> {
    const attempt = await takeLock(folder, what, self);
    if ('lock' in attempt) locks.push(attempt.lock);
    return attempt;
  }

  async function takeElsewhere(): Promise<ChildProcess> {
    const child = fork(join(built, 'keeper.js'), [folder, name, platform], { execArgv: [] });
    children.push(child);
    const [answer] = await once(child, 'message');
    expect(answer).toEqual({ took: true });
    return child;
  }

  async function end(child: ChildProcess): Promise<void> {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  it('is given to one, and the next learns who holds it', async () => {
    expect(await take()).toHaveProperty('lock');
    expect(readdirSync(folder)).toHaveLength(platform === 'linux' ? 0 : 2);
    expect(await take({ ...SELF, doing: 'run' })).toEqual({ heldBy: SELF });
  });

  it('is given again once it is released, and leaves nothing behind', async () => {
    for (let i = 0; i < 3; i++) {
      const attempt = await take();
      expect(attempt).toHaveProperty('lock');
      await locks.pop()?.release();
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('does not hinder a lock of another name', async () => {
    await take();
    expect(await take(SELF, `${name} too`)).toHaveProperty('lock');
  });

  it('is given to one only of many who want it at once', async () => {
    const attempts = await Promise.all(Array.from({ length: 20 }, () => take()));
    expect(attempts.filter(each => 'lock' in each)).toHaveLength(1);
    expect(attempts.filter(each => 'heldBy' in each && each.heldBy?.pid === SELF.pid)).toHaveLength(19);
  });

  it('is held by another process until that is killed, however hard', async () => {
    const child = await takeElsewhere();
    expect(await take()).toEqual({ heldBy: { pid: child.pid, doing: 'run', since: 42 } });
    await end(child);
    expect(await take()).toHaveProperty('lock');
    expect(await take()).toEqual({ heldBy: SELF });
  });

  it('believes no endless words of its holder, and prints none that do harm', async () => {
    await take({ ...SELF, doing: '\u001b[2Jrun\nforged' });
    expect(await take()).toMatchObject({ heldBy: { doing: 'run forged' } });
    await locks.pop()?.release();
    await take({ ...SELF, doing: 'x'.repeat(100_000) });
    expect(await take()).toEqual({ heldBy: undefined });
    await locks.pop()?.release();
    await take({ ...SELF, since: 1e300 });
    expect(await take()).toEqual({ heldBy: undefined });
  });

  if (platform === 'darwin') {
    it('is held even by a process that has come to a halt', async () => {
      const child = await takeElsewhere();
      child.kill('SIGSTOP');
      expect(await take()).toEqual({ heldBy: undefined });
    });

    it('is given to one only of many who find its holder dead', async () => {
      await take();
      const link = join(folder, readdirSync(folder).find(each => !each.endsWith('.sock')) ?? '');
      // Only some interleavings could go wrong, so it takes some rounds to meet one.
      for (let round = 0; round < 15; round++) {
        for (const lock of locks.splice(0)) await lock.release();
        symlinkSync('gone.sock', link);
        const attempts = await Promise.all([take(), take(), take(), take()]);
        expect(attempts.filter(each => 'lock' in each)).toHaveLength(1);
      }
    });

    it('is released though somebody who asked does not hang up', async () => {
      await take();
      const [file = ''] = readdirSync(folder);
      const asker = connect({ path: join(folder, file), allowHalfOpen: true }).resume();
      await once(asker, 'end');
      const released = locks.pop()?.release();
      const ended = await Promise.race([released?.then(() => 'released'), delay(300, 'not released')]);
      asker.destroy();
      await released;
      expect(ended).toBe('released');
    });

    it('says so where its folder is missing', async () => {
      rmSync(folder, { recursive: true });
      await expect(take()).rejects.toThrow(/ENOENT|EACCES/);
    });
  }
});
