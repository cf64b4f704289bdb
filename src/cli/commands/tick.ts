import { join } from 'node:path';
import { formatDuration } from '../../base/duration.ts';
import { sentenceOf } from '../../base/failure.ts';
import { formatDayAndMinute, formatLocalTime } from '../../base/local-time.ts';
import type { Log } from '../../base/log.ts';
import { formatRelative } from '../../base/relative-time.ts';
import type { Tick, TickReason } from '../../daemon/child-processes.ts';
import { type NextDue, nextDue, openDueMemory } from '../../daemon/due.ts';
import { forecast } from '../../daemon/forecast.ts';
import { recallOrWarn } from '../../journal/memory.ts';
import { EXIT } from '../exit-codes.ts';
import { openLog } from '../logging.ts';
import { type GlobalOptions, homeOf, openSession, type Session } from '../session.ts';
import { readLogSettings, SettingsError, scheduleOf } from '../settings.ts';
import { openStateFolder } from '../state-folder.ts';
import { version } from '../version.ts';

/** So many runs are told of when the daemon starts or reads its settings again. */
const TOLD = 5;

/**
 * `refreshd tick <reason>`, started by the daemon: reads the settings, works out when the next run is due,
 * remembers it, logs what there is to say, and tells the daemon.
 * @returns the exit code
 */
export async function tick(reason: TickReason, options: GlobalOptions): Promise<number> {
  if (reason === 'stop') return withLog(options, log => log.info('refreshd stopped.'));
  try {
    return await answer(reason, options);
  } catch (error) {
    // Whoever starts the daemon looks on; later, nobody does.
    if (!(error instanceof SettingsError) || reason === 'start') throw error;
    const problem = sentenceOf(error).replaceAll(/\s*\n\s*/g, ' ');
    const remedy = 'The daemon waits as before; put it right, and send it SIGHUP or restart it.';
    await withLog(options, log => log.error(`${problem} ${remedy}`));
    return EXIT.usage;
  }
}

/** Says something in the log whether or not the settings as a whole can be used. */
async function withLog(options: GlobalOptions, say: (log: Log) => void): Promise<number> {
  const home = homeOf(options);
  const settings = await readLogSettings(home.path, process.env);
  const { log, close } = await openLog({ folder: join(home.path, 'logs'), settings, echo: true });
  say(log);
  await close();
  return EXIT.fine;
}

async function answer(reason: Exclude<TickReason, 'stop'>, options: GlobalOptions): Promise<number> {
  const session = await openSession(options);
  const { home, settings } = session;
  const { log, close } = await openLog({ folder: join(home.path, 'logs'), settings, echo: true });
  try {
    const memory = openDueMemory(await openStateFolder(home));
    const next = nextDue(await recallOrWarn(memory, log), {
      schedule: scheduleOf(settings),
      now: Date.now(),
      jitter: settings.REFRESHD_JITTER,
      catchUp: settings.REFRESHD_CATCH_UP === 'on',
      reason,
    });
    await memory.remember(next.remembered);
    announce(log, reason, next, session);
    await tell({
      runAt: next.runAt,
      due: formatLocalTime(next.runAt, settings.REFRESHD_TIMEZONE),
      deadline: settings.REFRESHD_RUN_DEADLINE,
      ...(next.closesAt !== undefined && { closesAt: next.closesAt }),
    });
    return 0;
  } finally {
    await close();
  }
}

async function tell(message: Tick): Promise<void> {
  await new Promise<void>(resolve => {
    if (process.send === undefined) resolve();
    else process.send(message, undefined, {}, () => resolve());
  });
  if (process.connected) process.disconnect();
}

function announce(
  log: Log,
  reason: Exclude<TickReason, 'stop'>,
  next: NextDue,
  { home, settings }: Session,
): void {
  const zone = settings.REFRESHD_TIMEZONE;
  const runAt = `next run ${formatLocalTime(next.runAt, zone)} (${formatRelative(next.runAt, Date.now())})`;
  const missed =
    next.missed === undefined ? '' : `, to make up for the one due ${formatLocalTime(next.missed, zone)}`;
  const soonest = `${runAt}${missed}`;
  if (reason === 'start')
    log.info(`refreshd ${version()} started in ${home.path}; ${soonest}${thenWords(next, settings)}.`);
  else if (reason === 'reload') log.info(`Settings read again; ${soonest}${thenWords(next, settings)}.`);
  else if (reason === 'moved') log.info(`The machine slept, or its clock was set; ${soonest}.`);
  else if (reason === 'repeat') log.warn(`The run did not take place; ${soonest}.`);
  else log.debug(`Waiting; ${soonest}.`);
}

/** The runs after the next one. */
function thenWords({ remembered }: NextDue, settings: Session['settings']): string {
  const [, ...runs] = forecast(scheduleOf(settings), remembered, Date.now(), TOLD).runs;
  const { REFRESHD_JITTER: jitter, REFRESHD_TIMEZONE: zone } = settings;
  const later = jitter === 0 ? '' : `, up to ${formatDuration(jitter)} later`;
  return `, then ${runs.map(each => formatDayAndMinute(each, zone)).join(', ')}${later}`;
}
