import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { formatSize } from '../byte-size.ts';
import { bad, type Check, ok, type Verdict, warn } from './check.ts';
import { homeFolder } from './home-folder.ts';
import { roomAt } from './room-at.ts';
import { settingsFile } from './settings-file.ts';

/** Without so much, what has to be written before each step of an update may not be. Bytes. */
const LEAST = 1024 * 1024;

/** The state is small; the log grows to its size before the oldest is removed. */
export const homeRoom: Check = {
  what: 'room for state and log',
  needs: [homeFolder, settingsFile],
  look: async ({ home, settings }) => {
    const { REFRESHD_LOG_SIZE: logSize } = await settings();
    const state = await lookAt(placeOf(home().path, 'state'), LEAST, 'for the journal of updates');
    const log = await lookAt(
      placeOf(home().path, 'logs'),
      logSize,
      'for the next log file (REFRESHD_LOG_SIZE)',
    );
    const troubles = [state, log].filter(each => each.state !== 'ok');
    return troubles.length > 0 ? troubles : state;
  },
};

function placeOf(home: string, name: string): string {
  const folder = join(home, name);
  return existsSync(folder) ? folder : home;
}

async function lookAt(path: string, wanted: number, what: string): Promise<Verdict> {
  const room = await roomAt(path);
  if (room === undefined) return warn(`how much room there is in ${path} cannot be told`, '');
  const words = `${formatSize(room)} free in ${path}`;
  const remedy = `Make room on that disk (df -h '${path}').`;
  if (room < LEAST) return bad(`${words}: no update is begun without room for its journal`, remedy);
  return room < wanted ? warn(`${words}, less than the ${formatSize(wanted)} ${what}`, remedy) : ok(words);
}
