import { folderOpenToAll } from '../../base/open-to-all.ts';
import { composeFile } from '../compose.ts';
import { bad, type Check, ok, warn } from './check.ts';

export const homeFolder: Check = {
  what: 'home',
  look: async ({ home }) => {
    const { path } = home();
    const open = await folderOpenToAll(`${path}/state`);
    if (open !== undefined)
      return bad(
        `every user can write to ${open}, and so put other files in the place of yours`,
        `Close it: chmod o-w '${open}'.`,
      );
    const file = composeFile(path);
    return file === undefined
      ? warn(
          `${path}, without a compose file`,
          'Name the folder of your docker-compose.yml with --home, or label containers refreshd.enable=true.',
        )
      : ok(file);
  },
};
