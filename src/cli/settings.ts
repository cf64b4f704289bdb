import { join } from 'node:path';
import { cleanText } from '../base/clean-text.ts';
import { parseDuration } from '../base/duration.ts';
import { Failure, systemCode } from '../base/failure.ts';
import { isTimeZone } from '../base/local-time.ts';
import { nearest } from '../base/nearest.ts';
import { z } from '../base/shape.ts';
import { isEverDue, type Schedule, scheduleProblem } from '../daemon/schedule.ts';
import { parseWindow, printWindow } from '../daemon/window.ts';
import { parseIdentity, parseIssuer } from '../image/signer.ts';
import { parseSize } from './byte-size.ts';
import { readEnvFile } from './env-file.ts';
import { verifyProblems } from './verify-problems.ts';

/** The settings cannot be used as they are. All that is wrong is in one message. */
export class SettingsError extends Failure<'unusable' | 'unreadable'> {}

/** Fails with the sentence "must be …" unless the text can be read. */
function read<T>(expected: string, reader: (text: string) => T | undefined) {
  return z.string().transform((text, context): T => {
    const value = reader(text.trim());
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: `must be ${expected}, not "${cleanText(text, 60)}"` });
    return z.NEVER;
  });
}

const deadlineShape = read('a duration from 1m to 7d', text => {
  const milliseconds = parseDuration(text) ?? 0;
  return milliseconds >= 60_000 && milliseconds <= 7 * 86_400_000 ? milliseconds : undefined;
}).prefault('2h');
const duration = (initial: string) =>
  read('a duration such as 30s, 5m, 2h or 7d', parseDuration).prefault(initial);
const oneOf = <T extends string>(first: T, ...others: T[]) =>
  read<T>([first, ...others].join(' or '), text => [first, ...others].find(each => each === text)).prefault(
    first,
  );
const whole = (least: number, most: number, initial: number) =>
  read(`a whole number from ${least} to ${most}`, text => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? value : undefined;
  }).prefault(String(initial));

const scheduleShape = z
  .string()
  .prefault('0 3 * * 0')
  .transform((text, context) => {
    const problem = scheduleProblem(text.trim());
    if (problem !== undefined)
      context.addIssue({ code: 'custom', message: `"${cleanText(text, 60)}" is no schedule: ${problem}` });
    return text.trim();
  });

const zoneShape = read('an IANA time zone such as Europe/Berlin', text =>
  isTimeZone(text) ? text : undefined,
).optional();
const staleShape = read('a duration such as 180d, or off', text =>
  text === 'off' ? 0 : parseDuration(text),
).prefault('180d');
const stopShape = read('a duration such as 30s, at most 1d', text => {
  const milliseconds = parseDuration(text);
  return milliseconds === undefined || milliseconds > 86_400_000 ? undefined : Math.ceil(milliseconds / 1000);
}).optional();
const sizeShape = read('a size such as 10MB, at least 1KB', text => {
  const size = parseSize(text);
  return size !== undefined && size >= 1024 ? size : undefined;
}).prefault('10MB');

const verifyShape = read('off, key or keyless', text =>
  (['off', 'key', 'keyless'] as const).find(each => each === text),
).optional();
const fileShape = read('the name of a file', text => (text.includes('\0') ? undefined : text)).optional();
const identityShape = read(
  'the identity in a certificate, with a * at most at its end and after the owner',
  parseIdentity,
).optional();
const issuerShape = read(
  'an address such as https://token.actions.githubusercontent.com',
  parseIssuer,
).optional();
const windowShape = read('a time of day such as 02:00-05:00 or 22:00-04:30', parseWindow).optional();

const settingsShape = z
  .object({
    REFRESHD_SCHEDULE: scheduleShape,
    REFRESHD_TIMEZONE: zoneShape,
    REFRESHD_WINDOW: windowShape,
    REFRESHD_JITTER: duration('0'),
    REFRESHD_CATCH_UP: oneOf('on', 'off'),
    REFRESHD_WATCH: oneOf('stack', 'labelled', 'all'),
    REFRESHD_HEALTH_TIMEOUT: duration('2m'),
    REFRESHD_STABLE_FOR: duration('30s'),
    REFRESHD_STOP_TIMEOUT: stopShape,
    REFRESHD_RUN_DEADLINE: deadlineShape,
    REFRESHD_VERIFY: verifyShape,
    REFRESHD_VERIFY_KEY: fileShape,
    REFRESHD_VERIFY_IDENTITY: identityShape,
    REFRESHD_VERIFY_ISSUER: issuerShape,
    REFRESHD_VERIFY_ROOT: fileShape,
    REFRESHD_MIN_AGE: duration('0'),
    REFRESHD_DOWNGRADE: oneOf('follow', 'refuse'),
    REFRESHD_STALE_AFTER: staleShape,
    REFRESHD_KEEP_IMAGES: whole(0, 100, 1),
    REFRESHD_CONCURRENCY: whole(1, 64, 4),
    REFRESHD_LOG_LEVEL: oneOf('info', 'debug', 'warn', 'error'),
    REFRESHD_LOG_FORMAT: oneOf('text', 'json'),
    REFRESHD_LOG_SIZE: sizeShape,
    REFRESHD_LOG_KEEP: whole(2, 1000, 10),
  })
  .superRefine((settings, context) => {
    const { expression, window } = scheduleOf(settings);
    if (window === undefined || isEverDue(scheduleOf(settings))) return;
    const message = `no time of REFRESHD_SCHEDULE (${expression}) is inside ${printWindow(window)}, so no run would ever begin`;
    context.addIssue({ code: 'custom', path: ['REFRESHD_WINDOW'], message });
  });

/** The settings of a home, read and checked. Times in milliseconds, the stop timeout in seconds, sizes in bytes. */
export type Settings = Readonly<z.infer<typeof settingsShape>>;

/** The settings that say when to run. */
export function scheduleOf(settings: {
  readonly REFRESHD_SCHEDULE: string;
  readonly REFRESHD_TIMEZONE?: string | undefined;
  readonly REFRESHD_WINDOW?: Schedule['window'];
}): Schedule {
  return {
    expression: settings.REFRESHD_SCHEDULE,
    zone: settings.REFRESHD_TIMEZONE,
    window: settings.REFRESHD_WINDOW,
  };
}

const KEYS = Object.keys(settingsShape.shape);
/** Understood, but not a setting of a home: it says which home. */
const NOT_A_SETTING = new Set(['REFRESHD_HOME']);

/**
 * Reads `refreshd.env` of a home; `REFRESHD_…` variables of the environment go before it.
 * @throws SettingsError with everything that is wrong, and where
 */
export async function readSettings(
  home: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Settings> {
  const path = join(home, 'refreshd.env');
  const inFile = Object.entries(await readEntries(path));
  const inEnvironment = Object.entries(environment).filter(([key]) => key.startsWith('REFRESHD_'));
  const given = new Map<string, { readonly text: string; readonly place: string }>();
  for (const [key, text] of inFile) given.set(key, { text, place: path });
  for (const [key, text] of inEnvironment) given.set(key, { text: text ?? '', place: 'the environment' });

  const unknown = [...given].filter(([key]) => !KEYS.includes(key) && !NOT_A_SETTING.has(key));
  const problems = unknown.map(([key, { place }]) => `${key} in ${place} is no setting${meant(key)}`);
  const known = [...given].filter(([key, { text }]) => KEYS.includes(key) && text.trim() !== '');
  const result = settingsShape.safeParse(Object.fromEntries(known.map(([key, { text }]) => [key, text])));
  if (result.success) problems.push(...verifyProblems(result.data));
  for (const issue of result.error?.issues ?? []) {
    const key = String(issue.path[0]);
    problems.push(`${key} in ${given.get(key)?.place ?? path}: ${issue.message}`);
  }
  if (result.success && problems.length === 0) return Object.freeze(result.data);
  const [only = ''] = problems;
  if (problems.length === 1) throw new SettingsError('unusable', `${only}.`);
  const list = problems.map(each => `  ${each}.`).join('\n');
  throw new SettingsError('unusable', `${problems.length} settings cannot be used:\n${list}`);
}

const { REFRESHD_LOG_LEVEL, REFRESHD_LOG_FORMAT, REFRESHD_LOG_SIZE, REFRESHD_LOG_KEEP } = settingsShape.shape;
const logShape = z.object({
  REFRESHD_LOG_LEVEL: REFRESHD_LOG_LEVEL.catch('info'),
  REFRESHD_LOG_FORMAT: REFRESHD_LOG_FORMAT.catch('text'),
  REFRESHD_LOG_SIZE: REFRESHD_LOG_SIZE.catch(10 * 1024 * 1024),
  // What is there is not thrown away on account of a typing mistake.
  REFRESHD_LOG_KEEP: REFRESHD_LOG_KEEP.catch(1000),
});

/** How to log, where the settings as a whole cannot be used: as they say wherever that is understood. */
export async function readLogSettings(
  home: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Readonly<z.infer<typeof logShape>>> {
  const inFile = await readEntries(join(home, 'refreshd.env')).catch(() => ({}));
  const given = Object.entries({ ...inFile, ...environment }).filter(([, text]) => text?.trim() !== '');
  return logShape.parse(Object.fromEntries(given));
}

async function readEntries(path: string): Promise<Readonly<Record<string, string>>> {
  try {
    return (await readEnvFile(path, { follow: true })).entries;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return {};
    throw new SettingsError(
      'unreadable',
      `The settings in ${path} cannot be read (${systemCode(error) ?? wordsOf(error)}).`,
      {
        hint: 'It should be a plain file that the user who runs refreshd can read.',
        cause: error,
      },
    );
  }
}

function meant(key: string): string {
  const closest = nearest(key, KEYS, 8);
  return closest === undefined ? '' : `; did you mean ${closest}?`;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}
