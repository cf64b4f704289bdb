import { mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { findLastingNode } from '../../../src/service/lasting-node.ts';
import { tempFolder } from '../../support/temp-folder.ts';

it.each([
  ['/usr/bin/node', undefined],
  ['/usr/local/bin/node', undefined],
  ['/opt/node-v20/bin/node', undefined],
  ['/home/jo/.nvm/versions/node/v20.1.0/bin/node', 'nvm, when that version is uninstalled'],
  ['/home/jo/.volta/tools/image/node/20.1.0/bin/node', 'Volta, when it tidies up versions'],
  ['/run/user/1000/fnm_multishells/123_456/bin/node', 'fnm, when this terminal is closed'],
  [
    '/home/jo/.local/share/fnm/node-versions/v20/installation/bin/node',
    'fnm, when that version is uninstalled',
  ],
  ['/home/jo/.asdf/installs/nodejs/20.1.0/bin/node', 'asdf, when that version is uninstalled'],
  [
    '/home/jo/.local/share/mise/installs/node/20/bin/node',
    'mise, when that version is uninstalled or pruned',
  ],
  ['/nix/store/abc-nodejs-20.1.0/bin/node', 'Nix, when it collects garbage'],
  ['/opt/homebrew/Cellar/node/22.1.0/bin/node', 'its package manager, at the next upgrade'],
])('%s is removed by %s', async (path, removedBy) => {
  expect(await findLastingNode(path)).toEqual({ path, removedBy });
});

it.each(['node', 'node@20'])("is Homebrew's link to its current %s", async formula => {
  const prefix = realpathSync(tempFolder());
  const inCellar = join(prefix, `Cellar/${formula}/20.1.0`);
  const link = join(prefix, 'opt', formula);
  mkdirSync(join(inCellar, 'bin'), { recursive: true });
  writeFileSync(join(inCellar, 'bin/node'), '');
  mkdirSync(dirname(link));
  symlinkSync(inCellar, link);
  const path = join(inCellar, 'bin/node');
  expect(await findLastingNode(path)).toEqual({ path: `${link}/bin/node`, removedBy: undefined });

  // Linked to another version: that is not the Node that was tried.
  rmSync(link);
  symlinkSync(prefix, link);
  expect(await findLastingNode(path)).toEqual({
    path,
    removedBy: 'its package manager, at the next upgrade',
  });
});
