import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkOwnFolder } from '../../base/own-folder.ts';
import { LOG_FOLDER, STATE_FOLDER } from '../own-folders.ts';
import { type Check, ok, warn } from './check.ts';
import { homeFolder } from './home-folder.ts';

export const stateFolder: Check = {
  what: 'state folder',
  needs: [homeFolder],
  look: async ({ home }) => {
    const path = join(home().path, 'state');
    const stats = await lstat(path).catch(() => undefined);
    if (stats === undefined) return ok('is made at the first run');
    await checkOwnFolder(path, STATE_FOLDER);
    return (stats.mode & 0o077) === 0
      ? ok(path)
      : warn(`others can look into ${path}`, `Close it: chmod 700 '${path}' (the next run does so).`);
  },
};

export const logFolder: Check = {
  what: 'log folder',
  needs: [homeFolder],
  look: async ({ home }) => {
    const path = join(home().path, 'logs');
    if ((await lstat(path).catch(() => undefined)) === undefined) return ok('is made at the first run');
    await checkOwnFolder(path, LOG_FOLDER);
    return ok(path);
  },
};
