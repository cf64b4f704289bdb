import { expect, it } from 'vitest';
import { cleanText, printable, printableJson } from '../../../src/base/clean-text.ts';

const ESC = '\u001b';

it.each([
  ['plain text as it is', 'no such image', 'no such image'],
  ['one line of many', 'first\r\nsecond\n\n\tthird', 'first second third'],
  ['colours', `${ESC}[31mred${ESC}[0m`, 'red'],
  ['a cursor that goes up', `fine${ESC}[2A${ESC}[2Kforged`, 'fineforged'],
  ['a window title', `a${ESC}]0;owned\u0007b`, 'ab'],
  ['an escape without an end', `a${ESC}`, 'a'],
  ['C1 controls', 'a\u0085b\u009b31mc', 'a bc'],
  ['text turned around', 'a\u202egnp.exe\u2066b\u200fc', 'a gnp.exe b c'],
  ['line and paragraph separators', 'a\u2028b\u2029c', 'a b c'],
  ['invisible characters', 'a\u200b\ufeff\u2060b', 'a b'],
  ['space around it', '   a   b   ', 'a b'],
  ['other scripts', 'größer 測試 🐳', 'größer 測試 🐳'],
  ['tags and half signs', 'a\u{e0041}b\ud800c\ufff9d', 'a b c d'],
  ['nothing', '', ''],
])('makes one safe line of %s', (_, text, expected) => {
  expect(cleanText(text)).toBe(expected);
});

it('cuts what is longer than the limit, and says so', () => {
  expect(cleanText('x'.repeat(10), 10)).toBe('x'.repeat(10));
  expect(cleanText('x'.repeat(11), 10)).toBe(`${'x'.repeat(9)}…`);
  expect(cleanText('x'.repeat(201))).toHaveLength(200);
  expect(cleanText('x🐳y', 3)).toBe('x…');
});

it('says so too where what is left of a long text is short', () => {
  expect(cleanText(`${' '.repeat(70)}secret-of-many-letters`, 10)).toBe('secret-of…');
  expect(cleanText(`x${' '.repeat(75)}secret-of-many-letters`, 10)).toBe('x secr…');
  expect(cleanText(ESC.repeat(1000), 10)).toBe('');
});

it('takes a huge answer in no time', () => {
  const huge = `${ESC}[`.repeat(10_000_000);
  const start = performance.now();
  cleanText(huge);
  expect(performance.now() - start).toBeLessThan(5000);
});

it('makes what is printed safe as well, and leaves everything else as it is', () => {
  expect(printable(`  two  spaces\n${ESC}[2J\u202e  größer 🐳`)).toBe('  two  spaces [2J   größer 🐳');
});

it('writes down in JSON what must not reach a terminal', () => {
  const value = { text: `a\u2028b\u009b31m\u202ec\u{e0041}d\n${ESC}[31m` };
  const json = printableJson(JSON.stringify(value));
  expect(json).toMatch(/^[ -~]+$/);
  expect(JSON.parse(json)).toEqual(value);
});
