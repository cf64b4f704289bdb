import { expect, it } from 'vitest';
import { buildProgram } from '../../../../src/cli/program/program.ts';
import { suggest } from '../../../../src/cli/program/suggest.ts';

const program = buildProgram('', () => async () => undefined);
const suggested = (...words: string[]) => suggest(program, words);
const wordsOf = (...words: string[]) => {
  const suggestions = suggested(...words);
  return suggestions.kind === 'words' ? suggestions.words.map(({ word }) => word) : suggestions.kind;
};

const COMMANDS = ['init', 'complete', 'daemon', 'install', 'uninstall', 'doctor', 'run', 'check', 'status'];
const GLOBAL = ['--version', '--home', '--json', '--no-color', '--run-now', '--help'];

it('begins with the commands that the help shows', () => {
  expect(wordsOf('')).toEqual(expect.arrayContaining(COMMANDS));
  expect(wordsOf('')).not.toContain('tick');
  expect(wordsOf('--json', '')).toEqual(wordsOf(''));
  expect(wordsOf('--home', '/srv', '')).toEqual(wordsOf(''));
  expect(suggested('')).toMatchObject({
    words: expect.arrayContaining([
      { word: 'status', meaning: 'what is watched, what it runs, and when the next run is' },
    ]),
  });
});

it('knows the options of all, and those of the command', () => {
  expect(wordsOf('-')?.toString().split(',').sort()).toEqual([...GLOBAL].sort());
  expect(wordsOf('check', '--')).toEqual(expect.arrayContaining(['--plan', ...GLOBAL]));
  expect(wordsOf('--json', 'install', '--')).toEqual(expect.arrayContaining(['--user', '--yes', '--home']));
  expect(wordsOf('status', '--')).not.toContain('--plan');
});

it.each([
  [['run', ''], []],
  [['run', 'web', ''], ['web']],
  [
    ['check', '--plan', 'web', 'db', 'x'],
    ['web', 'db'],
  ],
  [['check', '--', ''], []],
  [['check', '--', '-'], []],
  [['rollback', ''], []],
  [['pin', ''], []],
  [['unpin', '--json', ''], []],
  [['history', '--home', 'run', ''], []],
])('%j goes on with a container', (words, given) => {
  expect(suggested(...words)).toEqual({ kind: 'container', given });
});

it.each([[['rollback', 'web', '']], [['pin', 'web', '']], [['install', '--user', '']], [['status', '']]])(
  'of what %j goes on with nothing is known',
  words => {
    expect(wordsOf(...words)).toEqual([]);
  },
);

it.each([[['--home', '']], [['check', '--home', '/s']], [['init', '']]])(
  '%j goes on with a folder',
  words => {
    expect(suggested(...words)).toEqual({ kind: 'folder' });
  },
);

it('knows the shells', () => {
  expect(wordsOf('complete', '')).toEqual(['bash', 'zsh', 'fish']);
});
