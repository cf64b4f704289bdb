import pino from 'pino';
import { printableJson } from '../base/clean-text.ts';
import type { Log, LogAbout } from '../base/log.ts';
import { prepareOwnFolder } from '../base/own-folder.ts';
import { formatLogLine, type LogEvent } from './log-line.ts';
import { LOG_FOLDER } from './own-folders.ts';
import { openRollingFile } from './rolling-file.ts';
import type { Settings } from './settings.ts';

export interface LoggingOptions {
  /** The home's `logs` folder. */
  readonly folder: string;
  readonly settings: Pick<
    Settings,
    'REFRESHD_LOG_LEVEL' | 'REFRESHD_LOG_FORMAT' | 'REFRESHD_LOG_SIZE' | 'REFRESHD_LOG_KEEP'
  >;
  /** Whether lines also go to standard output, for journald or whoever looks on. */
  readonly echo: boolean;
}

/** Second fence only: what is secret is never handed to a log in the first place. */
const REDACTED = [
  'details.*.password',
  'details.password',
  'details.token',
  'details.authorization',
  'details.auth',
  'details.env',
];

/** Opens the log of a home. @throws FolderError, LogError */
export async function openLog({
  folder,
  settings,
  echo,
}: LoggingOptions): Promise<{ log: Log; close: () => Promise<void> }> {
  await prepareOwnFolder(folder, LOG_FOLDER);
  const file = await openRollingFile({
    folder,
    size: settings.REFRESHD_LOG_SIZE,
    keep: settings.REFRESHD_LOG_KEEP,
    onTrouble: code =>
      process.stderr.write(
        `The log in ${folder} cannot be written (${code}); lines are missing there from now on.\n`,
      ),
  });
  const isText = settings.REFRESHD_LOG_FORMAT === 'text';
  const write = (json: string) => {
    const line = isText ? formatLogLine(JSON.parse(json) as LogEvent) : printableJson(json.trimEnd());
    file.write(line);
    if (echo) process.stdout.write(`${line}\n`);
  };
  const logger = pino(
    {
      level: settings.REFRESHD_LOG_LEVEL,
      base: null,
      // People read text lines in their own time; programs read JSON lines in everybody's.
      timestamp: () => (isText ? `,"time":${Date.now()}` : `,"time":"${new Date().toISOString()}"`),
      formatters: { level: level => ({ level }) },
      redact: REDACTED,
    },
    { write },
  );
  const at =
    (level: keyof Log) =>
    (message: string, about: LogAbout = {}) =>
      logger[level](about, message);
  return {
    log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    close: file.close,
  };
}
