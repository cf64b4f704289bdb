import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { shortDigest } from '../../src/image/digest.ts';
import { withCompose } from '../support/compose.ts';
import type { BuiltImage } from '../support/image.ts';
import { Lab, MAIN, QUICK, resultOf } from '../support/lab.ts';
import { onTerminal, type Shown } from '../support/pseudo-terminal.ts';
import { tempFolder } from '../support/temp-folder.ts';

/*
 * What a person sees on a terminal, wide or narrow, with colours or without; and that in a pipe there is nothing but text.
 * One stack goes through it all, from its start on.
 */

let lab: Lab;
let environment: Record<string, string>;
let first: BuiltImage;
let up: Shown;
beforeAll(async () => {
  lab = await Lab.open();
  await lab.clear();
  // Without the preflight, so that a bad version gets as far as a switch.
  const stack = readFileSync('docker-compose.yml', 'utf8').replace(
    'refreshd.preflight: "on"',
    'refreshd.preflight: "off"',
  );
  writeFileSync(join(lab.home, 'docker-compose.yml'), stack);
  writeFileSync(join(lab.home, '.env'), 'AUTOTASK_SECRET=91cc\n', { mode: 0o600 });
  first = await lab.publish({ version: '1', healthcheck: true });
  environment = { ...QUICK, ...withCompose(lab) };
  up = await onTerminal(lab, ['up'], { columns: 100, environment });
});
afterAll(() => lab.close());

const terminal = (args: readonly string[], columns: number, more: Record<string, string> = {}) =>
  onTerminal(lab, args, { columns, environment: { ...environment, ...more } });
/** Of what steers a terminal, what sets colours and weight. */
const STYLES = /\u001b\[[\d;]*m/g;
const CURSOR_BACK = '\u001b[?25h';
const CURSOR_AWAY = '\u001b[?25l';

it('up shows what is waited for on one line, and in the end where the stack listens', () => {
  expect([up.code, up.screen]).toEqual([0, expect.any(Array)]);
  expect(up.sent).toContain('autotask-mcp: well, and has to stay so for 1.0 s');
  expect(up.screen.join('\n')).not.toContain('has to stay so');
  expect(up.screen.at(-2)).toBe(
    'autotask-mcp is healthy and listens on http://127.0.0.1:8080/mcp (HEALTHCHECK, GET /health on port 8',
  );
  expect(up.screen.at(-1)).toBe('080).');
});

it('check is a table that fits', async () => {
  const { digest } = await lab.publish({ version: '2', healthcheck: true, weight: 30_000_000 });
  const change = `${shortDigest(first.digest)} → ${shortDigest(digest)}`;
  const wide = await terminal(['check'], 120);
  expect([wide.code, wide.isBroken, wide.screen]).toEqual([
    10,
    false,
    [
      expect.stringMatching(/^CONTAINER {5}OUTCOME {3}IMAGE +WHY$/),
      `autotask-mcp  outdated  ${lab.reference()} ${change}`,
      expect.stringMatching(/^1 container checked: 1 outdated \(\d registry requests?, .+ s\)\.$/),
    ],
  ]);
  expect(wide.sent).toMatch(/\u001b\[33moutdated\u001b\[39m/);
  const narrow = await terminal(['check'], 40);
  expect([narrow.code, narrow.screen.slice(0, 4)]).toEqual([
    10,
    ['autotask-mcp', '  OUTCOME  outdated', `  IMAGE    ${lab.reference()}`, `           ${change}`],
  ]);
});

it.each<[string, readonly string[], Record<string, string>]>([
  ['--no-color', ['--no-color'], {}],
  ['NO_COLOR', [], { NO_COLOR: '1' }],
])('nothing has colours with %s, and nothing else is different', async (_, args, more) => {
  for (const command of ['check', 'status', 'history']) {
    const plain = await terminal([command, ...args], 120, more);
    expect(plain.sent.match(STYLES)).toBeNull();
    expect(plain.isBroken).toBe(false);
  }
});

it('run shows a bar for the pull, and nothing of that is left', async () => {
  const { code, sent, screen, isBroken } = await terminal(['run'], 120);
  expect([code, isBroken]).toEqual([0, false]);
  expect(sent).toMatch(/autotask-mcp: [█░]+ \d+% {2}[\d.]+[KM]?B of [\d.]+MB/);
  expect(sent).toContain('autotask-mcp: verify ');
  expect(sent.lastIndexOf(CURSOR_BACK)).toBeGreaterThan(sent.lastIndexOf(CURSOR_AWAY));
  expect(screen).toEqual([
    expect.stringMatching(/^CONTAINER {5}OUTCOME {2}IMAGE +WHY$/),
    expect.stringMatching(
      /^autotask-mcp {2}updated {2}\S+ [0-9a-f]{12} → [0-9a-f]{12} {2}down for [\d.]+ s$/,
    ),
    expect.stringMatching(/^1 container checked: 1 updated /),
  ]);
});

it('a bar leaves room for its words on a narrow terminal', async () => {
  await lab.publish({ version: '3', healthcheck: true, weight: 31_000_000 });
  const { code, sent, screen } = await terminal(['run'], 40);
  expect(code).toBe(0);
  expect(sent).toMatch(/autotask-mcp: \d+% {2}[\d.]+[KM]?B of [\d.]+MB/);
  expect(screen.slice(0, 2)).toEqual(['autotask-mcp', '  OUTCOME  updated']);
  expect(screen.join('\n')).not.toMatch(/[█░…]/);
});

it('status says what is wrong first, and history how long ago all was', async () => {
  await lab.publish({ version: '4', behaviour: 'exits' });
  expect((await terminal(['run'], 120)).code).toBe(1);
  const wide = await terminal(['status'], 140);
  expect(wide.isBroken).toBe(false);
  expect(wide.screen.slice(0, 3)).toEqual([
    expect.stringMatching(/^autotask-mcp: [0-9a-f]{12} did not work out \(.+\) and is not taken again$/),
    expect.stringMatching(/^CONTAINER +IMAGE +RUNNING +STATE +LAST UPDATE$/),
    expect.stringMatching(
      /^autotask-mcp {2}\S+ {2}[0-9a-f]{12} \(3\) {2}Up .+ \(healthy\) +rolled-back (now|.+ ago)$/,
    ),
  ]);
  expect(wide.sent).toMatch(/\u001b\[32mUp /);
  await lab.api('POST', '/containers/autotask-mcp/kill');
  const narrow = await terminal(['status'], 40);
  expect(narrow.sent).toMatch(/^\u001b\[31mautotask-mcp: Exited \(137\) /);

  const history = await terminal(['history'], 140);
  expect(history.isBroken).toBe(false);
  expect(history.screen[1]).toMatch(
    /^(now|[\d.]+ \S+ ago) \([A-Z][a-z]{2} \d\d:\d\d\) {2}autotask-mcp {2}rolled-back {2}/,
  );
  expect(history.screen).toHaveLength(4);
});

it('in a pipe there is text and nothing else', async () => {
  for (const args of [['up'], ['check'], ['status'], ['history'], ['run'], ['pull'], ['down']]) {
    const { stdout, stderr } = await lab.refreshd(args, environment);
    expect(`${stdout}${stderr}`).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
    expect(stdout).not.toContain('OUTCOME');
  }
});

const ROLLOUTS = 2000;

it.each([
  ['a slow reader gets all of it', '| { sleep 1; wc -l; }', { code: 0, stdout: `${ROLLOUTS}\n`, stderr: '' }],
  ['a reader may leave early', '| { sleep 0.2; head -n 1 | wc -l; }', { code: 0, stdout: '1\n', stderr: '' }],
  [
    'a full disk is told',
    '> /dev/full',
    { code: 1, stdout: '', stderr: 'refreshd: Not all of the output could be written (ENOSPC).\n' },
  ],
])('of more than a pipe holds, %s', async (_, goes, expected) => {
  const home = tempFolder();
  const line = (index: number) =>
    JSON.stringify({
      ...{ v: 1, rollout: `r${index}`, container: `app-${index}`, reference: 'registry.test/app:latest' },
      ...{ outcome: 'updated', fromImage: `sha256:${'1'.repeat(64)}`, startedAt: index, endedAt: index + 1 },
    });
  mkdirSync(join(home, 'state'), { mode: 0o700 });
  const past = Array.from({ length: ROLLOUTS }, (_each, index) => `${line(index)}\n`).join('');
  writeFileSync(join(home, 'state/history.jsonl'), past, { mode: 0o600 });
  const command = `"$0" "$1" history --home "$2" ${goes}`;
  const pipe = spawn('sh', ['-c', command, process.execPath, MAIN, home], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(await resultOf(pipe)).toEqual(expected);
});
