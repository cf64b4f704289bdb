import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Lock } from '../../../src/base/run-lock.ts';
import { lock } from '../../../src/cli/locks.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** Takes locks of one name that no other test has. */
function locks() {
  const folder = tempFolder();
  const name = `home ${randomUUID()}`;
  return async (patience = 0, interrupted = new AbortController().signal, other = ''): Promise<Lock> => {
    const taken = await lock(name + other, { folder, doing: 'run', patience, interrupted });
    onTestFinished(() => taken.release());
    return taken;
  };
}

describe('a lock', () => {
  it('is held by one at a time, who is named', async () => {
    const take = locks();
    const first = await take();
    const error = await take().catch(each => each);
    expect(error).toMatchObject({
      name: 'LockError',
      code: 'held',
      hint: 'Wait until it is through, then try again.',
    });
    expect(error.message).toMatch(
      new RegExp(
        `^Process ${process.pid} is at work on this home or this engine \\(refreshd run, since \\d{4}-\\d\\d-\\d\\d .*\\)\\.$`,
      ),
    );
    await first.release();
    await take();
  });

  it('of another name is another', async () => {
    const take = locks();
    await take();
    await take(0, undefined, ' other');
  });

  it('is waited for as long as patience lasts', async () => {
    const take = locks();
    const first = await take();
    setTimeout(() => void first.release(), 100);
    await take(5000);
  });

  it('is not waited for by somebody who is told to leave', async () => {
    const take = locks();
    await take();
    const begun = performance.now();
    await expect(take(60_000, AbortSignal.timeout(50))).rejects.toThrow('is at work');
    expect(performance.now() - begun).toBeLessThan(1500);
  });
});
