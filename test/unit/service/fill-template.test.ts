import { expect, it } from 'vitest';
import { fillTemplate } from '../../../src/service/fill-template.ts';

const fill = (template: string, values: Record<string, readonly string[]>) => fillTemplate(template, values);

it.each([
  ['no place', 'SystemCallFilter=@system-service\n', {}, 'SystemCallFilter=@system-service\n'],
  ['one value', 'a=@A@\nb', { A: ['1'] }, 'a=1\nb'],
  ['none: the line goes', 'a=@A@\nb', { A: [] }, 'b'],
  ['several: the line is there for each', '[s]\na="@A@"\n', { A: ['1', '2'] }, '[s]\na="1"\na="2"\n'],
  ['two places in a line', '"@A@" -e "@B@"', { A: ['1'], B: ['2'] }, '"1" -e "2"'],
  ['a value that looks like a place', 'a=@A@ @B@', { A: ['@B@'], B: ['@A@'] }, 'a=@B@ @A@'],
  ['a value with a pattern', 'a=@A@', { A: ['$& $1 $$'] }, 'a=$& $1 $$'],
])('%s', (_, template, values, expected) => {
  expect(fill(template, values as Record<string, readonly string[]>)).toBe(expected);
});

it('knows every place, or is a mistake', () => {
  expect(() => fill('a=@OTHER@', { A: ['1'] })).toThrow('a place that is not known: @OTHER@');
});
