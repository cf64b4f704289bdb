import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Lab, MAIN, resultOf } from '../support/lab.ts';

let lab: Lab;
let folder: string;
beforeAll(async () => {
  lab = await Lab.open();
  await lab.clear();
  await lab.publish({ version: '1' });
  await lab.pull();
  for (const name of ['web', 'worker', 'database', `web.refreshd-${'a'.repeat(10)}.old`])
    await lab.run(name, {}, false);
  folder = mkdtempSync(join(tmpdir(), 'refreshd-shells-'));
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'some folder'));
  // The real one answers the shell; what the shell makes of a line is written down instead of done.
  const program = `#!/bin/sh
if [ "$1" = complete ]; then exec ${process.execPath} ${MAIN} "$@"; fi
for word in "$@"; do printf '<%s>' "$word"; done >>'${folder}/ran'
echo >>'${folder}/ran'
`;
  writeFileSync(join(folder, 'bin/refreshd'), program, { mode: 0o755 });
});
beforeEach(() => rmSync(join(folder, 'ran'), { force: true }));
afterAll(async () => {
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
});

function environment(more: Record<string, string> = {}) {
  const PATH = `${join(folder, 'bin')}:${process.env['PATH']}`;
  return { PATH, HOME: folder, TERM: 'dumb', DOCKER_HOST: `unix://${lab.socket}`, ...more };
}

/** What `refreshd complete -- …` answers, by its lines. */
async function answer(words: readonly string[], more: Record<string, string> = {}): Promise<string[]> {
  const child = spawn('refreshd', ['complete', '--', ...words], { env: environment(more) });
  const { code, stdout, stderr } = await resultOf(child);
  expect([code, stderr]).toEqual([0, '']);
  return stdout.split('\n').slice(0, -1);
}

it('knows the containers there are, but for those of rollouts and those that are named already', async () => {
  expect(await answer(['rollback', ''])).toEqual(['database', 'web', 'worker']);
  expect(await answer(['run', 'web', 'w'])).toEqual(['worker']);
});

it('says nothing where no engine is', async () => {
  expect(await answer(['rollback', ''], { DOCKER_HOST: 'unix:///nowhere/engine.sock' })).toEqual([]);
  expect(await answer(['rollback', ''], { DOCKER_HOST: 'nonsense' })).toEqual([]);
});

/** Each is typed at a terminal of its own, with the tabs that are in it, and entered. */
const LINES: readonly (readonly [typed: string, ran: string])[] = [
  ['refreshd unp\t data\t', '<unpin><database>'],
  ['refreshd check --pl\t wo\t', '<check><--plan><worker>'],
  ['refreshd --home some\t', '<--home><some folder/>'],
  // What is typed is never done, only what is entered.
  ["refreshd pin '$(touch done)' \t", '<pin><$(touch done)>'],
  ['refreshd pin $(touch do\t', ''],
];

it.each([
  [
    'bash',
    'bash --norc --noprofile -i',
    ['source <(refreshd complete bash)', 'source <(refreshd complete bash)'],
  ],
  ['zsh', 'zsh -f -i', ['autoload -U compinit', 'compinit -D', 'source <(refreshd complete zsh)']],
])('%s completes', async (_, shell, begin) => {
  for (const [typed, ran] of LINES) {
    rmSync(join(folder, 'ran'), { force: true });
    const terminal = spawn('script', ['-qec', shell, '/dev/null'], { cwd: folder, env: environment() });
    // Ctrl-U drops a line that is not finished.
    const last = ran === '' ? '\u0015' : '\n';
    terminal.stdin.end(`${begin.join('\n')}\n${typed}${last}exit\n`);
    const { stdout } = await resultOf(terminal);
    const done = existsSync(join(folder, 'ran')) ? readFileSync(join(folder, 'ran'), 'utf8').trim() : '';
    expect([typed, done.replace('folder>', 'folder/>'), stdout.match(/error|not found|readonly/i)]).toEqual([
      typed,
      ran,
      null,
    ]);
    expect(existsSync(join(folder, 'done'))).toBe(false);
  }
});

it('fish completes', async () => {
  const ask = async (line: string) => {
    const commands = `refreshd complete fish | source; complete --do-complete='${line}'`;
    const child = spawn('fish', ['--no-config', '-c', commands], { cwd: folder, env: environment() });
    const { stdout, stderr } = await resultOf(child);
    expect(stderr).toBe('');
    return stdout.trim().split('\n');
  };
  expect(await ask('refreshd unp')).toEqual(['unpin\tlet a container take again what its registry offers']);
  expect(await ask('refreshd check --plan w')).toEqual(['web', 'worker']);
  expect(await ask('refreshd --home some')).toEqual([expect.stringContaining('some folder/')]);
  expect(await ask('refreshd pin (touch done) ')).toEqual(['']);
  expect(existsSync(join(folder, 'done'))).toBe(false);
});
