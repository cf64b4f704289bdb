import { join } from 'node:path';
import { formatLocalTime } from '../../base/local-time.ts';
import type { Log } from '../../base/log.ts';
import { formatRelative } from '../../base/relative-time.ts';
import type { Tick, TickReason } from '../../daemon/child-processes.ts';
import { nextDue, openDueMemory } from '../../daemon/due.ts';
import { recallOrWarn } from '../../journal/memory.ts';
import { openLog } from '../logging.ts';
import { openStateFolder } from '../open-tools.ts';
import { type GlobalOptions, openSession } from '../session.ts';
import { version } from '../version.ts';

/**
 * `refreshd tick <reason>`, started by the daemon: reads the settings, works out when the next run is due,
 * remembers it, logs what there is to say, and tells the daemon.
 * @returns the exit code
 */
export async function tick(reason: TickReason, options: GlobalOptions): Promise<number> {
  const { home, settings } = await openSession(options);
  const { log, close } = await openLog({ folder: join(home.path, 'logs'), settings, echo: true });
  try {
    const zone = settings.REFRESHD_TIMEZONE;
    const memory = openDueMemory(await openStateFolder(home));
    const next = nextDue(await recallOrWarn(memory, log), {
      schedule: { expression: settings.REFRESHD_SCHEDULE, zone },
      now: Date.now(),
      jitter: settings.REFRESHD_JITTER,
      catchUp: settings.REFRESHD_CATCH_UP === 'on',
      lastRun: reason === 'completed' || reason === 'repeat' ? reason : 'none',
    });
    await memory.remember(next.remembered);
    const when = (moment: number) =>
      `${formatLocalTime(moment, zone)} (${formatRelative(moment, Date.now())})`;
    const missed =
      next.missed === undefined ? '' : `, to make up for the one due ${formatLocalTime(next.missed, zone)}`;
    announce(log, reason, `next run ${when(next.runAt)}${missed}`, home.path);
    const message: Tick = {
      runAt: next.runAt,
      due: formatLocalTime(next.runAt, zone),
      deadline: settings.REFRESHD_RUN_DEADLINE,
    };
    await new Promise<void>(resolve => {
      if (process.send === undefined) resolve();
      else process.send(message, undefined, {}, () => resolve());
    });
    if (process.connected) process.disconnect();
    return 0;
  } finally {
    close();
  }
}

function announce(log: Log, reason: TickReason, next: string, home: string): void {
  if (reason === 'start') log.info(`refreshd ${version()} started in ${home}; ${next}.`);
  else if (reason === 'reload') log.info(`Settings read again; ${next}.`);
  else if (reason === 'repeat') log.warn(`The run did not take place; ${next}.`);
  else if (reason === 'stop') log.info('refreshd stopped.');
  else log.debug(`Waiting; ${next}.`);
}
