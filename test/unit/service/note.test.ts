import fc from 'fast-check';
import { expect, it } from 'vitest';
import { noteOfUnit } from '../../../src/service/note.ts';

const unit = (home: string, ours = 'account') =>
  `[Unit]\nDescription=x\n[Service]\nVersion=9\n[X-Refreshd]\nVersion=0.1.0\nHome=${home}\nOurs=${ours}\n`;

it('is read back from a unit, whatever the home is called', () => {
  fc.assert(
    fc.property(fc.string(), name => {
      const home = `/${name}`;
      expect(noteOfUnit(unit(JSON.stringify(home)))).toEqual({ version: '0.1.0', home, ours: ['account'] });
    }),
  );
});

it.each([
  ['both', 'account lingering', ['account', 'lingering']],
  ['none', '', []],
  ['what it does not know', 'account everything', ['account']],
])('names what is ours: %s', (_, words, ours) => {
  expect(noteOfUnit(unit('"/srv"', words))?.ours).toEqual(ours);
});

it.each([
  ['a unit of somebody else', '[Unit]\nDescription=refreshd\n'],
  ['an empty file', ''],
  ['a home that is no path', unit('"srv"')],
  ['a home that is cut off', unit('"/srv')],
  ['a note without a version', unit('"/srv"').replace('Version=0.1.0\n', '')],
])('is not there in %s', (_, text) => {
  expect(noteOfUnit(text)).toBeUndefined();
});
