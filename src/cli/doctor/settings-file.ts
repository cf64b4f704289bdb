import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Check, ok, warn } from './check.ts';
import { homeFolder } from './home-folder.ts';

/** It holds no secrets, so others may read it; but whoever writes it decides what is watched. */
export const settingsFile: Check = {
  what: 'settings',
  needs: [homeFolder],
  look: async ({ home, settings }) => {
    await settings();
    const path = join(home().path, 'refreshd.env');
    const stats = await stat(path).catch(() => undefined);
    if (stats === undefined) return ok('the defaults; there is no refreshd.env');
    return (stats.mode & 0o002) !== 0
      ? warn(`every user can write to ${path}`, `Close it: chmod o-w '${path}'.`)
      : ok(path);
  },
};
