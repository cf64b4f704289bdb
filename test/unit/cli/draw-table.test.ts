import { styleText } from 'node:util';
import { expect, it } from 'vitest';
import { drawTable } from '../../../src/cli/draw-table.ts';

const HEADINGS = ['NAME', 'IMAGE', 'WHY'];
const ROWS = [
  ['web', 'registry.test/app:latest', 'the registry of it does not answer at all today'],
  ['database', 'postgres:17', ''],
];

it('is as wide as what is in it, where there is room', () => {
  expect(drawTable(HEADINGS, ROWS, 120).split('\n')).toEqual([
    'NAME      IMAGE                     WHY',
    'web       registry.test/app:latest  the registry of it does not answer at all today',
    'database  postgres:17',
  ]);
});

it('goes on in further lines in its widest column, where there is less', () => {
  expect(drawTable(HEADINGS, ROWS, 60).split('\n')).toEqual([
    'NAME      IMAGE                     WHY',
    'web       registry.test/app:latest  the registry of it does',
    '                                    not answer at all today',
    'database  postgres:17',
  ]);
});

it('is a block for each row where there is too little, without what is empty', () => {
  expect(drawTable(HEADINGS, ROWS, 40).split('\n')).toEqual([
    'web',
    '  IMAGE  registry.test/app:latest',
    '  WHY    the registry of it does not',
    '         answer at all today',
    'database',
    '  IMAGE  postgres:17',
  ]);
});

it('cuts no word', () => {
  const rows = [['web', 'x'.repeat(60), 'short']];
  expect(drawTable(HEADINGS, rows, 50)).toBe(`web\n  IMAGE  ${'x'.repeat(60)}\n  WHY    short`);
});

it.each([60, 40])('counts no colour as width: %i', columns => {
  const red = ROWS.map(([name = '', ...others]) => [
    styleText('red', name, { validateStream: false }),
    ...others,
  ]);
  const plain = drawTable(HEADINGS, ROWS, columns);
  expect(drawTable(HEADINGS, red, columns).replace(/\u001b\[[\d;]*m/g, '')).toBe(plain);
});

it('takes more words than a call takes arguments, as a long history has', () => {
  const rows = Array.from({ length: 2000 }, () => ['web', 'app', 'word '.repeat(75).trim()]);
  expect(drawTable(HEADINGS, rows, 400).match(/word/g)).toHaveLength(150_000);
});
