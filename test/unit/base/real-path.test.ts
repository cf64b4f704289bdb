import { realpathSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openRealPath } from '../../../src/base/real-path.ts';
import { tempFolder } from '../../support/temp-folder.ts';

it('follows links, and asks for each path once', async () => {
  const folder = realpathSync(tempFolder());
  const link = join(tempFolder(), 'link');
  symlinkSync(folder, link);
  const realPath = openRealPath();
  expect(await realPath(link)).toBe(folder);
  expect(await realPath(folder)).toBe(folder);
  unlinkSync(link);
  expect(await realPath(link)).toBe(folder);
});

it.each(['/nowhere/at/all', '.', '', 'C:\\stack'])('leaves %j as it is', async path => {
  expect(await openRealPath()(path)).toBe(path);
});
