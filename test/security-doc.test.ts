import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const page = readFileSync('SECURITY.md', 'utf8');

it('SECURITY.md names tests that there are', () => {
  const named = [...page.matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter(path => !existsSync(path))).toEqual([]);
});

it('every row of SECURITY.md names one', () => {
  const rows = page.split('\n').filter(line => /^\| (?!who \||-)/.test(line) && !line.startsWith('|---'));
  expect(rows.length).toBeGreaterThan(10);
  expect(rows.filter(row => !row.includes('`test/'))).toEqual([]);
});
