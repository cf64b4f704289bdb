import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { carryOut } from '../../../src/service/carry-out.ts';
import type { Change } from '../../../src/service/change.ts';
import type { ProgramEnd } from '../../../src/service/run-program.ts';
import { openRunProgram } from '../../../src/service/run-program.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** A runner that answers with these ends, one after the other, and remembers what it was asked for. */
function recorder(...ends: Partial<ProgramEnd>[]) {
  const asked: string[] = [];
  const run = async (command: readonly string[]) => {
    asked.push(command.join(' '));
    return { code: 0, stdout: '', stderr: '', ...ends.shift() };
  };
  return { asked, run };
}

const start: Change = { kind: 'run', command: ['systemctl', 'start', 'x'], cause: '' };

describe('changes', () => {
  it('are made in their order', async () => {
    const folder = tempFolder();
    const path = join(folder, 'a/b/unit');
    const { asked, run } = recorder();
    const seen = async (command: readonly string[]) => {
      asked.push(String(existsSync(path)));
      return run(command);
    };
    await carryOut(
      [start, { kind: 'write', path, text: 'new', cause: '' }, start, { kind: 'remove', path, cause: '' }],
      seen,
    );
    expect(asked).toEqual(['false', 'systemctl start x', 'true', 'systemctl start x']);
    expect(existsSync(path)).toBe(false);
  });

  it('write what everybody can read, in place of whatever is there', async () => {
    const folder = tempFolder();
    const path = join(folder, 'unit');
    writeFileSync(join(folder, 'other'), 'other');
    symlinkSync('other', path);
    const before = process.umask(0o077);
    await carryOut([{ kind: 'write', path, text: 'new', cause: '' }], recorder().run);
    process.umask(before);
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o644);
    expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('other');
  });

  it('remove a folder with what is in it, and nothing that a link leads to', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'state/rollouts'), { recursive: true });
    mkdirSync(join(folder, 'kept'));
    symlinkSync('../kept', join(folder, 'state/link'));
    await carryOut([{ kind: 'remove', path: join(folder, 'state'), cause: '' }], recorder().run);
    expect(existsSync(join(folder, 'state'))).toBe(false);
    expect(existsSync(join(folder, 'kept'))).toBe(true);
  });

  it('end with the first that fails, which says why', async () => {
    const { asked, run } = recorder({ code: 1, stderr: 'Job failed.\nSee \u001b[31mjournalctl\u001b[0m.\n' });
    await expect(carryOut([start, start], run)).rejects.toMatchObject({
      code: 'failed',
      message: 'systemctl start x failed: See journalctl.',
    });
    expect(asked).toHaveLength(1);
  });

  it('say what another command knows about it', async () => {
    const explained = { ...start, explain: ['journalctl', '-u', 'x'] };
    const { asked, run } = recorder(
      { code: 1, stderr: 'Job failed.' },
      { stdout: 'starting\nno settings\n' },
    );
    await expect(carryOut([explained], run)).rejects.toThrow('systemctl start x failed: no settings');
    expect(asked).toEqual(['systemctl start x', 'journalctl -u x']);
    const silent = recorder({ code: 5 }, {});
    await expect(carryOut([explained], silent.run)).rejects.toThrow('systemctl start x failed: exit code 5');
  });

  it('go on where that is meant, with a warning or without', async () => {
    const { asked, run } = recorder({ code: 1 }, { code: 1 });
    const warnings = await carryOut(
      [{ ...start, ifItFails: 'Turn it on by hand.' }, { ...start, ifItFails: '' }, start],
      run,
    );
    expect(warnings).toEqual(['Turn it on by hand.']);
    expect(asked).toHaveLength(3);
  });

  it('are tried again as often as is meant', async () => {
    const { asked, run } = recorder({ code: 5 }, { code: 0 });
    await carryOut([{ ...start, attempts: 3 }], run);
    expect(asked).toHaveLength(2);
    const gone = recorder({ code: 0 }, { code: 113 });
    await carryOut([{ ...start, attempts: 3, untilItFails: true }], gone.run);
    expect(gone.asked).toHaveLength(2);
    await expect(carryOut([{ ...start, untilItFails: true }], recorder().run)).rejects.toThrow('failed');
  });

  it('say it where a file cannot be written', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'file'), '');
    const path = join(folder, 'file/unit');
    await expect(carryOut([{ kind: 'write', path, text: '', cause: '' }], recorder().run)).rejects.toThrow(
      `${path} cannot be written (EEXIST).`,
    );
  });
});

it('a program is run without a shell, with what it says and how it ends', async () => {
  const run = openRunProgram({ PATH: process.env['PATH'], WORD: 'a b' });
  expect(await run(['sh', '-c', 'echo "$WORD" "$1"; echo b >&2; exit 3', 'sh', '$HOME; x'])).toEqual({
    code: 3,
    stdout: 'a b $HOME; x\n',
    stderr: 'b\n',
  });
  expect((await run(['no-such-program'])).code).toBe(127);
});
