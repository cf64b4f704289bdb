import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openLog } from '../../../src/cli/logging.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const SETTINGS = {
  REFRESHD_LOG_LEVEL: 'info',
  REFRESHD_LOG_FORMAT: 'text',
  REFRESHD_LOG_SIZE: 100_000,
  REFRESHD_LOG_KEEP: 3,
} as const;

/** What is in the log, and what went to standard output, after some lines. */
async function logged(
  over: Partial<Record<keyof typeof SETTINGS, unknown>>,
  say: (log: Awaited<ReturnType<typeof openLog>>['log']) => void,
  echo = false,
) {
  const folder = join(tempFolder(), 'logs');
  const output = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  onTestFinished(() => output.mockRestore());
  const { log, close } = await openLog({
    folder,
    settings: { ...SETTINGS, ...over } as typeof SETTINGS,
    echo,
  });
  say(log);
  await close();
  const echoed = output.mock.calls.map(([text]) => String(text)).join('');
  output.mockRestore();
  return { text: readFileSync(join(folder, 'update.log'), 'utf8'), echoed, folder };
}

afterEach(() => vi.unstubAllEnvs());

describe('the log', () => {
  it('is lines for people, in their own time', async () => {
    vi.stubEnv('TZ', 'Asia/Kolkata');
    const { text, echoed } = await logged({}, log => {
      log.info('100%d sure.');
      log.warn('Not so.', { container: 'web', details: { digest: 'd' } });
    });
    const [first, second, ...rest] = text.split('\n');
    expect(first).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+05:30 info {2}100%d sure\.$/);
    expect(second).toMatch(/ \+05:30 warn {2}web: Not so\.$/);
    expect(rest).toEqual(['']);
    expect(echoed).toBe('');
  });

  it('is JSON for programs, in everybody’s time', async () => {
    const { text } = await logged({ REFRESHD_LOG_FORMAT: 'json' }, log =>
      log.error('No.\nNo.', { container: 'web', details: { digest: 'd' } }),
    );
    const { time, ...rest } = JSON.parse(text);
    expect(rest).toEqual({ level: 'error', container: 'web', details: { digest: 'd' }, msg: 'No.\nNo.' });
    expect(new Date(time).toISOString()).toBe(time);
    expect(text.split('\n')).toHaveLength(2);
  });

  it.each(['text', 'json'])('is echoed line for line as %s', async format => {
    const { text, echoed } = await logged({ REFRESHD_LOG_FORMAT: format }, log => log.info('Well.'), true);
    expect(text).toContain('Well.');
    expect(echoed).toBe(text);
  });

  it.each([
    ['debug', 'dbg inf wrn err'],
    ['info', 'inf wrn err'],
    ['warn', 'wrn err'],
    ['error', 'err'],
  ])('at level %s has %s', async (level, expected) => {
    const { text } = await logged({ REFRESHD_LOG_LEVEL: level }, log => {
      log.debug('dbg');
      log.info('inf');
      log.warn('wrn');
      log.error('err');
    });
    expect(text.match(/\w+$/gm)?.join(' ')).toBe(expected);
  });

  it('hides what must never have been handed to it', async () => {
    const secret = 'hunter2';
    const details = { password: secret, token: secret, authorization: secret, auth: secret, env: [secret] };
    const { text } = await logged({ REFRESHD_LOG_FORMAT: 'json' }, log => {
      log.info('one', { details });
      log.info('two', { details: { login: { password: secret }, digest: 'd' } });
    });
    expect(text).not.toContain(secret);
    expect(text).toContain('"digest":"d"');
  });

  it('rolls and keeps as it is told', async () => {
    const folder = join(tempFolder(), 'logs');
    const settings = { ...SETTINGS, REFRESHD_LOG_SIZE: 1024, REFRESHD_LOG_KEEP: 2 };
    const { log, close } = await openLog({ folder, settings, echo: false });
    for (let index = 0; index < 4; index++) {
      log.info('x'.repeat(2000));
      await sleep(10);
    }
    await close();
    const kept = ['update.4.log', 'update.5.log', 'update.log'];
    await expect.poll(() => readdirSync(folder).sort()).toEqual(kept);
  });

  it('cannot be opened where its folder is a file', async () => {
    const folder = join(tempFolder(), 'logs');
    writeFileSync(folder, '');
    await expect(openLog({ folder, settings: SETTINGS, echo: false })).rejects.toMatchObject({
      name: 'FolderError',
      code: 'not-a-folder',
    });
  });
});
