import { join } from 'node:path';
import { formatDayAndMinute } from '../../base/local-time.ts';
import { openDueMemory } from '../../daemon/due.ts';
import { forecast } from '../../daemon/forecast.ts';
import { scheduleOf } from '../settings.ts';
import { bad, type Check, ok, warn } from './check.ts';
import { homeFolder } from './home-folder.ts';
import { settingsFile } from './settings-file.ts';

/** So many are told. */
const TOLD = 5;

export const nextRuns: Check = {
  what: 'next runs',
  needs: [homeFolder, settingsFile],
  look: async ({ home, settings }) => {
    const given = await settings();
    const { value: remembered } = await openDueMemory(join(home().path, 'state')).recall();
    const { runs, isWaitedFor } = forecast(scheduleOf(given), remembered, Date.now(), TOLD);
    if (runs.length === 0)
      return bad(
        `REFRESHD_SCHEDULE (${given.REFRESHD_SCHEDULE}) never falls due`,
        'Name days and times that come, and that are inside REFRESHD_WINDOW: 0 3 * * 0 is Sunday 03:00.',
      );
    const words = runs.map(each => formatDayAndMinute(each, given.REFRESHD_TIMEZONE)).join(', ');
    return remembered !== undefined && !isWaitedFor
      ? warn(
          `${words}; but the daemon has not read the changed schedule yet`,
          'Restart it, or send it SIGHUP: systemctl reload refreshd',
        )
      : ok(words);
  },
};
