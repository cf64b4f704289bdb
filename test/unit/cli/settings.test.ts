import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLogSettings, readSettings } from '../../../src/cli/settings.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** A home whose `refreshd.env` holds these lines. */
function homeWith(...lines: string[]): string {
  const home = tempFolder();
  writeFileSync(join(home, 'refreshd.env'), lines.map(line => `${line}\n`).join(''));
  return home;
}

/** Why the settings cannot be used, with the file and the prefix left out. */
async function problems(home: string, environment: Record<string, string> = {}): Promise<string> {
  const error = await readSettings(home, environment).catch(each => each);
  expect(error).toMatchObject({ name: 'SettingsError' });
  return error.message.replaceAll(join(home, 'refreshd.env'), 'FILE').replaceAll('REFRESHD_', '_');
}

const DEFAULTS = {
  REFRESHD_SCHEDULE: '0 3 * * 0',
  REFRESHD_JITTER: 0,
  REFRESHD_CATCH_UP: 'on',
  REFRESHD_WATCH: 'stack',
  REFRESHD_HEALTH_TIMEOUT: 120_000,
  REFRESHD_STABLE_FOR: 30_000,
  REFRESHD_RUN_DEADLINE: 7_200_000,
  REFRESHD_MIN_AGE: 0,
  REFRESHD_DOWNGRADE: 'follow',
  REFRESHD_STALE_AFTER: 180 * 86_400_000,
  REFRESHD_KEEP_IMAGES: 1,
  REFRESHD_CONCURRENCY: 4,
  REFRESHD_LOG_LEVEL: 'info',
  REFRESHD_LOG_FORMAT: 'text',
  REFRESHD_LOG_SIZE: 10 * 1024 * 1024,
  REFRESHD_LOG_KEEP: 10,
};

describe('settings', () => {
  it('are the defaults where there is no file, or nothing in it', async () => {
    expect(await readSettings(tempFolder(), {})).toEqual(DEFAULTS);
    expect(
      await readSettings(homeWith('# nothing', '', 'REFRESHD_WATCH=', 'REFRESHD_JITTER="  "'), {}),
    ).toEqual(DEFAULTS);
  });

  it('cannot be changed afterwards', async () => {
    expect(Object.isFrozen(await readSettings(tempFolder(), {}))).toBe(true);
  });

  it.each<[string, string, unknown]>([
    ['SCHEDULE', ' */5 * * * * ', '*/5 * * * *'],
    ['TIMEZONE', 'Asia/Kolkata', 'Asia/Kolkata'],
    ['WINDOW', ' 2:00-05:00 ', { from: 120, to: 300 }],
    ['WINDOW', '22:30 - 04:00', { from: 1350, to: 240 }],
    ['JITTER', '1.5h', 5_400_000],
    ['CATCH_UP', 'off', 'off'],
    ['WATCH', ' all ', 'all'],
    ['HEALTH_TIMEOUT', '90 s', 90_000],
    ['STABLE_FOR', '0', 0],
    ['STOP_TIMEOUT', '1500ms', 2],
    ['STOP_TIMEOUT', '1d', 86_400],
    ['RUN_DEADLINE', '1d', 86_400_000],
    ['MIN_AGE', '3d', 3 * 86_400_000],
    ['DOWNGRADE', 'refuse', 'refuse'],
    ['STALE_AFTER', '1w', 7 * 86_400_000],
    ['STALE_AFTER', 'off', 0],
    ['STALE_AFTER', '0', 0],
    ['CONCURRENCY', '64', 64],
    ['VERIFY', 'off', 'off'],
    ['LOG_LEVEL', 'debug', 'debug'],
    ['LOG_FORMAT', 'json', 'json'],
    ['LOG_SIZE', '1KB', 1024],
    ['LOG_SIZE', '2.5 mb', 2.5 * 1024 * 1024],
    ['LOG_KEEP', '2', 2],
    ['LOG_SIZE', '4096K', 4096 * 1024],
    ['LOG_SIZE', '1G', 1024 ** 3],
  ])('REFRESHD_%s=%s', async (key, text, value) => {
    const expected = { ...DEFAULTS, [`REFRESHD_${key}`]: value };
    expect(await readSettings(homeWith(`REFRESHD_${key}='${text}'`), {})).toEqual(expected);
    expect(await readSettings(tempFolder(), { [`REFRESHD_${key}`]: text })).toEqual(expected);
  });

  it('of the environment go before those of the file; others are left alone', async () => {
    const home = homeWith('REFRESHD_WATCH=labelled', 'REFRESHD_LOG_KEEP=3');
    const environment = { REFRESHD_WATCH: 'all', REFRESHD_HOME: '/x', PATH: '/bin', refreshd_watch: 'none' };
    expect(await readSettings(home, environment)).toEqual({
      ...DEFAULTS,
      REFRESHD_WATCH: 'all',
      REFRESHD_LOG_KEEP: 3,
    });
  });
});

describe('what is wrong with', () => {
  it.each([
    [
      'SCHEDULE',
      '0 3 * *',
      '"0 3 * *" is no schedule: five fields are needed: minute, hour, day of month, month, day of week (0 3 * * 0 is Sunday 03:00)',
    ],
    ['SCHEDULE', '99 3 * * 0', '"99 3 * * 0" is no schedule: 99 is a invalid expression for minute'],
    ['TIMEZONE', 'Mars/Olympus', 'must be an IANA time zone such as Europe/Berlin, not "Mars/Olympus"'],
    ['WINDOW', 'nights', 'must be a time of day such as 02:00-05:00 or 22:00-04:30, not "nights"'],
    ['WINDOW', '02:00-02:00', 'must be a time of day such as 02:00-05:00 or 22:00-04:30, not "02:00-02:00"'],
    [
      'WINDOW',
      '04:00-05:00',
      'no time of _SCHEDULE (0 3 * * 0) is inside 04:00-05:00, so no run would ever begin',
    ],
    ['JITTER', '5', 'must be a duration such as 30s, 5m, 2h or 7d, not "5"'],
    ['JITTER', '-5m', 'must be a duration such as 30s, 5m, 2h or 7d, not "-5m"'],
    ['CATCH_UP', 'yes', 'must be on or off, not "yes"'],
    ['WATCH', 'Stack', 'must be stack or labelled or all, not "Stack"'],
    ['STOP_TIMEOUT', 'soon', 'must be a duration such as 30s, at most 1d, not "soon"'],
    ['STOP_TIMEOUT', '25h', 'must be a duration such as 30s, at most 1d, not "25h"'],
    ['MIN_AGE', '-1d', 'must be a duration such as 30s, 5m, 2h or 7d, not "-1d"'],
    ['DOWNGRADE', 'no', 'must be follow or refuse, not "no"'],
    ['STALE_AFTER', 'never', 'must be a duration such as 180d, or off, not "never"'],
    ['CONCURRENCY', '0', 'must be a whole number from 1 to 64, not "0"'],
    ['CONCURRENCY', '65', 'must be a whole number from 1 to 64, not "65"'],
    ['CONCURRENCY', '1.5', 'must be a whole number from 1 to 64, not "1.5"'],
    ['LOG_KEEP', '1e2', 'must be a whole number from 2 to 1000, not "1e2"'],
    ['LOG_LEVEL', 'trace', 'must be info or debug or warn or error, not "trace"'],
    ['LOG_FORMAT', 'xml', 'must be text or json, not "xml"'],
    ['LOG_SIZE', '1000', 'must be a size such as 10MB, at least 1KB, not "1000"'],
    ['LOG_SIZE', '5000 potatoes', 'must be a size such as 10MB, at least 1KB, not "5000 potatoes"'],
    ['RUN_DEADLINE', '0', 'must be a duration from 1m to 7d, not "0"'],
    ['RUN_DEADLINE', '30d', 'must be a duration from 1m to 7d, not "30d"'],
    ['LOG_SIZE', 'big', 'must be a size such as 10MB, at least 1KB, not "big"'],
  ])('REFRESHD_%s=%s is said', async (key, text, problem) => {
    expect(await problems(homeWith(`REFRESHD_${key}=${text}`))).toBe(`_${key} in FILE: ${problem}.`);
    expect(await problems(tempFolder(), { [`REFRESHD_${key}`]: text })).toBe(
      `_${key} in the environment: ${problem}.`,
    );
  });

  // Four megabytes are meant; four kilobytes must not be made of it.

  it('a window is not looked at beside a schedule that is none', async () => {
    expect(await problems(homeWith('REFRESHD_SCHEDULE=99 3 * * *', 'REFRESHD_WINDOW=04:00-05:00'))).toMatch(
      /^_SCHEDULE in FILE: "99 3 \* \* \*" is no schedule: [^\n]+$/,
    );
  });

  it('several of them is said all at once, with each place', async () => {
    const home = homeWith('REFRESHD_WATCH=some', 'REFRESHD_SHEDULE=0 3 * * 0', 'REFRESHD_LOG_KEEP=none');
    expect((await problems(home, { REFRESHD_LOG_KEEP: 'many', REFRESHD_JITER: '5m' })).split('\n')).toEqual([
      '4 settings cannot be used:',
      '  _SHEDULE in FILE is no setting; did you mean _SCHEDULE?.',
      '  _JITER in the environment is no setting; did you mean _JITTER?.',
      '  _WATCH in FILE: must be stack or labelled or all, not "some".',
      '  _LOG_KEEP in the environment: must be a whole number from 2 to 1000, not "many".',
    ]);
  });

  it('a key that is like none is said without a guess, and without its value', async () => {
    const said = await problems(homeWith('REFRESHD_SOMETHING_ELSE_ALTOGETHER=hunter2'));
    expect(said).toBe('_SOMETHING_ELSE_ALTOGETHER in FILE is no setting.');
  });

  it('a value is cut, and cleaned for a terminal', async () => {
    const said = await problems(tempFolder(), { REFRESHD_WATCH: `\u001b[31m${'x'.repeat(100)}` });
    expect(said).toMatch(/not "x{59}…"\.$/);
  });

  it('a file that cannot be read is said', async () => {
    const home = tempFolder();
    mkdirSync(join(home, 'refreshd.env'));
    const error = await readSettings(home, {}).catch(each => each);
    expect(error).toMatchObject({ name: 'SettingsError', code: 'unreadable' });
    expect(error.message).toBe(
      `The settings in ${join(home, 'refreshd.env')} cannot be read (it is not a regular file).`,
    );
  });
});

describe('settings of signatures', () => {
  const KEYLESS = [
    'REFRESHD_VERIFY=keyless',
    'REFRESHD_VERIFY_IDENTITY=https://github.com/me/app/.github/workflows/release.yml@*',
    'REFRESHD_VERIFY_ISSUER=https://token.actions.githubusercontent.com',
  ];

  it.each([
    [['REFRESHD_VERIFY=key', 'REFRESHD_VERIFY_KEY=cosign.pub']],
    [KEYLESS],
    [[...KEYLESS, 'REFRESHD_VERIFY_ROOT=root.json']],
    [['REFRESHD_VERIFY=off', 'REFRESHD_VERIFY_KEY=cosign.pub']],
  ])('may be %j', async lines => {
    const settings = await readSettings(homeWith(...lines), {});
    expect(settings).toMatchObject(Object.fromEntries(lines.map(line => line.split('=', 2))));
  });

  it.each<[string[], string]>([
    [['REFRESHD_VERIFY=true'], '_VERIFY in FILE: must be off, key or keyless, not "true".'],
    [['REFRESHD_VERIFY=key'], '_VERIFY=key needs _VERIFY_KEY.'],
    [
      ['REFRESHD_VERIFY=keyless'],
      '2 settings cannot be used:\n  _VERIFY=keyless needs _VERIFY_IDENTITY.\n  _VERIFY=keyless needs _VERIFY_ISSUER.',
    ],
    [
      ['REFRESHD_VERIFY_KEY=cosign.pub'],
      '_VERIFY_KEY: _VERIFY must say what for: key or keyless; or off, if only labels ask for signatures.',
    ],
    [
      [...KEYLESS, 'REFRESHD_VERIFY_IDENTITY=https://github.com/*'],
      '_VERIFY_IDENTITY in FILE: must be the identity in a certificate, with a * at most at its end and after the owner, not "https://github.com/*".',
    ],
    [
      [...KEYLESS, 'REFRESHD_VERIFY_ISSUER=github'],
      '_VERIFY_ISSUER in FILE: must be an address such as https://token.actions.githubusercontent.com, not "github".',
    ],
  ])('may not be %j', async (lines, sentence) => {
    expect(await problems(homeWith(...lines))).toBe(sentence);
  });
});

describe('how to log, where the settings cannot be used,', () => {
  it('is as they say, wherever that is understood', async () => {
    const home = homeWith('REFRESHD_LOG_FORMAT=json', 'REFRESHD_LOG_KEEP=3', 'REFRESHD_SCHEDULE=never');
    expect(await readLogSettings(home, { REFRESHD_LOG_LEVEL: 'debug', REFRESHD_LOG_SIZE: 'big' })).toEqual({
      REFRESHD_LOG_LEVEL: 'debug',
      REFRESHD_LOG_FORMAT: 'json',
      REFRESHD_LOG_SIZE: 10 * 1024 * 1024,
      REFRESHD_LOG_KEEP: 3,
    });
  });

  it.each([['REFRESHD_LOG_KEEP=none'], ['REFRESHD_LOG_KEEP=0']])('keeps all there is at %s', async line => {
    expect((await readLogSettings(homeWith(line), {})).REFRESHD_LOG_KEEP).toBe(1000);
  });

  it('is the default where there is no file, or none that can be read', async () => {
    const home = tempFolder();
    const { REFRESHD_LOG_LEVEL, REFRESHD_LOG_FORMAT, REFRESHD_LOG_SIZE, REFRESHD_LOG_KEEP } = DEFAULTS;
    const defaults = { REFRESHD_LOG_LEVEL, REFRESHD_LOG_FORMAT, REFRESHD_LOG_SIZE, REFRESHD_LOG_KEEP };
    expect(await readLogSettings(home, { REFRESHD_LOG_KEEP: ' ' })).toEqual(defaults);
    mkdirSync(join(home, 'refreshd.env'));
    expect(await readLogSettings(home, {})).toEqual(defaults);
  });
});
