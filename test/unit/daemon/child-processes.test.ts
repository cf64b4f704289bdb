import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startChildren } from '../../../src/daemon/child-processes.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** Children of a small program; it writes what it was started with, then does as it is written. */
function children(body: string, options: readonly string[] = []) {
  const folder = tempFolder();
  const program = join(folder, 'program.mjs');
  const started = join(folder, 'started');
  writeFileSync(
    program,
    `import { writeFileSync } from 'node:fs';
     const say = process.argv.slice(2).join(' ');
     process.on('SIGTERM', () => { if (say.includes('stubborn')) return; process.exit(9); });
     writeFileSync(${JSON.stringify(started)}, say);
     ${body}`,
  );
  return {
    ...startChildren(program, options),
    started: () => readFileSync(started, 'utf8'),
    isUp: () => until(started),
  };
}

async function until(path: string): Promise<void> {
  for (;;) {
    try {
      if (readFileSync(path, 'utf8') !== '') return;
    } catch {}
    await sleep(5);
  }
}

const FOR_EVER = 'setInterval(() => {}, 1000);';

describe('a tick', () => {
  it('is what the child sends', async () => {
    const { tick, started } = children(
      'process.send({ runAt: 5, due: "soon", deadline: 7 }, () => process.disconnect());',
      ['--home', '/h'],
    );
    expect(await tick('completed')).toEqual({ runAt: 5, due: 'soon', deadline: 7 });
    expect(started()).toBe('tick completed --home /h');
  });

  it.each([
    ['that failed', 'process.send({ runAt: 5, due: "soon", deadline: 7 }, () => process.exit(2));', 2],
    ['that said nothing', 'process.exit(0);', 1],
    ['that cannot be started', 'throw new Error();', 1],
    ['that was killed', "process.kill(process.pid, 'SIGKILL');", 137],
  ])('%s is an exit code', async (_, body, code) => {
    expect(
      await children(
        `console.error = () => {}; process.on('uncaughtException', () => process.exit(1)); ${body}`,
      ).tick('start'),
    ).toBe(code);
  });

  it('does not hold up a shutdown', async () => {
    const begun = performance.now();
    expect(await children(FOR_EVER).tick('stop')).toBe(137);
    expect(performance.now() - begun).toBeLessThan(6000);
  });
});

describe('a command', () => {
  it('is run to its end', async () => {
    const { start, started } = children('process.exit(75);', ['--no-color']);
    expect(await start(['run', '--scheduled']).ended).toBe(75);
    expect(started()).toBe('run --scheduled --no-color');
  });

  it('leaves when it is asked', async () => {
    const { start, isUp } = children(FOR_EVER);
    const child = start(['run']);
    await isUp();
    child.stop();
    expect(await child.ended).toBe(9);
  });

  it('is gone when it is killed', async () => {
    const { start, isUp } = children(FOR_EVER);
    const child = start(['stubborn']);
    await isUp();
    child.stop();
    child.kill();
    expect(await child.ended).toBe(137);
  });
});
