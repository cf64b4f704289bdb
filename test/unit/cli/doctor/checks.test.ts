import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Check } from '../../../../src/cli/doctor/check.ts';
import { CHECKS_AS_ONESELF, CHECKS_AS_OWNER } from '../../../../src/cli/doctor/checks.ts';
import { dangerousVariables } from '../../../../src/cli/doctor/dangerous-variables.ts';
import { dockerLogins } from '../../../../src/cli/doctor/docker-logins.ts';
import { dockerSocket } from '../../../../src/cli/doctor/docker-socket.ts';
import { engineReachable } from '../../../../src/cli/doctor/engine-reachable.ts';
import { examine } from '../../../../src/cli/doctor/examine.ts';
import { homeFolder } from '../../../../src/cli/doctor/home-folder.ts';
import { nodeVersion } from '../../../../src/cli/doctor/node-version.ts';
import { openPlace } from '../../../../src/cli/doctor/open-place.ts';
import { logFolder, stateFolder } from '../../../../src/cli/doctor/own-folders.ts';
import { settingsFile } from '../../../../src/cli/doctor/settings-file.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const isRoot = process.getuid?.() === 0;

let home: string;
beforeEach(() => {
  home = join(tempFolder(), 'home');
  mkdirSync(home);
});

/** What one check comes to, after all that it needs. */
async function found(check: Check, environment: Record<string, string> = {}) {
  const all = await examine([...(check.needs ?? []), check], openPlace(home, environment));
  const lines = all
    .get(check)
    ?.map(({ state, says, remedy }) => `${state}: ${says}${remedy === '' ? '' : ` | ${remedy}`}`);
  return (lines ?? []).join('\n').replaceAll(home, 'HOME');
}

describe('Node', () => {
  it.each([
    ['20.18.0', 'bad: version 20.18.0 | Install Node 20.18.1 or newer.'],
    ['18.99.9', 'bad: version 18.99.9 | Install Node 20.18.1 or newer.'],
    ['20.18.1', 'ok: version 20.18.1'],
    ['20.20.0', 'ok: version 20.20.0'],
    ['26.0.0', 'ok: version 26.0.0'],
  ])('%s', async (version, expected) => {
    vi.spyOn(process, 'versions', 'get').mockReturnValue({ ...process.versions, node: version });
    onTestFinished(() => void vi.restoreAllMocks());
    expect(await found(nodeVersion)).toBe(expected);
  });
});

describe('the environment', () => {
  it.each<[Record<string, string>, RegExp]>([
    [{ PATH: '/bin' }, /^ok: /],
    [
      { NODE_EXTRA_CA_CERTS: '/nowhere.pem' },
      /^warn: NODE_EXTRA_CA_CERTS names \/nowhere\.pem, which is not there \| Correct/,
    ],
    [
      { HTTPS_PROXY: 'http://me:hunter2@proxy', X: 'y' },
      /^warn: passwords in the addresses of HTTPS_PROXY; .+ \| Unset them/,
    ],
  ])('%j', async (environment, expected) => {
    expect(await found(dangerousVariables, environment)).toMatch(expected);
  });
});

describe('the home', () => {
  it('is known by its compose file', async () => {
    expect(await found(homeFolder)).toMatch(/^warn: HOME, without a compose file \| Name the folder/);
    writeFileSync(join(home, 'compose.yml'), '');
    expect(await found(homeFolder)).toBe('ok: HOME/compose.yml');
  });

  it('is bad where everybody can change it, or it is not there; what is in it is then not looked at', async () => {
    chmodSync(home, 0o777);
    expect(await found(homeFolder)).toMatch(
      /^bad: every user can write to HOME, .+ \| Close it: chmod o-w 'HOME'\.$/,
    );
    expect(await found(settingsFile)).toBe('skipped: not without home');
    home = '/nowhere';
    expect(await found(homeFolder)).toBe(
      'bad: The home HOME is not a folder. | Name the folder of your docker-compose.yml with --home.',
    );
  });
});

describe('settings', () => {
  it.each<[string, RegExp]>([
    ['', /^ok: HOME\/refreshd\.env$/],
    ['REFRESHD_SHEDULE=x\nREFRESHD_WATCH=some\n', /^bad: 2 settings cannot be used:\n/],
  ])('%j', async (text, expected) => {
    writeFileSync(join(home, 'refreshd.env'), text);
    expect(await found(settingsFile)).toMatch(expected);
  });

  it('may be read by others, but not written; and need not be there', async () => {
    expect(await found(settingsFile)).toBe('ok: the defaults; there is no refreshd.env');
    writeFileSync(join(home, 'refreshd.env'), '');
    chmodSync(join(home, 'refreshd.env'), 0o646);
    expect(await found(settingsFile)).toMatch(
      /^warn: every user can write to HOME\/refreshd\.env \| Close it/,
    );
  });
});

describe('folders of ours', () => {
  it('need not be there yet, and are not made', async () => {
    expect([await found(stateFolder), await found(logFolder)]).toEqual(
      Array(2).fill('ok: is made at the first run'),
    );
    expect(readdirSync(home)).toEqual([]);
  });

  it.each<[string, Check, string, () => unknown, RegExp]>([
    [
      'state that others can look into',
      stateFolder,
      'state',
      () => chmodSync(join(home, 'state'), 0o755),
      /^warn: others can look into HOME\/state \| Close it: chmod 700/,
    ],
    [
      'a log that all can write',
      logFolder,
      'logs',
      () => chmodSync(join(home, 'logs'), 0o777),
      /^bad: The log folder HOME\/logs can be written to by every user\. \| Close it/,
    ],
    [
      'a log that others can read',
      logFolder,
      'logs',
      () => chmodSync(join(home, 'logs'), 0o755),
      /^ok: HOME\/logs$/,
    ],
  ])('%s', async (_, check, name, spoil, expected) => {
    mkdirSync(join(home, name));
    spoil();
    const before = statSync(join(home, name)).mode;
    expect(await found(check)).toMatch(expected);
    expect(statSync(join(home, name)).mode).toBe(before);
  });

  it('may not be links, or of somebody else', async () => {
    symlinkSync('/tmp', join(home, 'state'));
    expect(await found(stateFolder)).toMatch(/^bad: The state folder HOME\/state is not a plain folder/);
    if (!isRoot) return;
    mkdirSync(join(home, 'logs'));
    chownSync(join(home, 'logs'), 65534, 65534);
    expect(await found(logFolder)).toMatch(/^ok/);
  });
});

describe('the socket', () => {
  async function listen(mode: number): Promise<string> {
    const path = join(home, 'docker.sock');
    const server: Server = createServer();
    onTestFinished(() => void server.close());
    await new Promise<void>(resolve => server.listen(path, resolve));
    chmodSync(path, mode);
    return path;
  }

  it.each([
    [0o660, /^ok: HOME\/docker\.sock$/],
    [0o666, /^bad: every user can write to HOME\/docker\.sock, and so be root \| Close it: sudo chmod/],
  ])('of mode %o', async (mode, expected) => {
    expect(await found(dockerSocket, { DOCKER_HOST: `unix://${await listen(mode)}` })).toMatch(expected);
  });

  it.runIf(isRoot)('of another user', async () => {
    const path = await listen(0o660);
    chownSync(path, 65534, 65534);
    expect(await found(dockerSocket, { DOCKER_HOST: `unix://${path}` })).toMatch(
      /^warn: .+ belongs to user id 65534/,
    );
  });

  it.each<[Record<string, string>, RegExp]>([
    [{ DOCKER_HOST: 'unix:///nowhere.sock' }, /^skipped: \/nowhere\.sock is not there/],
    [{ DOCKER_HOST: 'unix:///dev/null' }, /^bad: \/dev\/null is no socket/],
    [{ DOCKER_HOST: 'tcp://127.0.0.1:2375' }, /^warn: tcp:\/\/127\.0\.0\.1:2375 asks nobody who he is/],
    [{ DOCKER_HOST: 'tcp://192.0.2.1:2375' }, /^bad: DOCKER_HOST names 192\.0\.2\.1:2375 without TLS/],
    [{ DOCKER_HOST: 'tcp://192.0.2.1:2376', DOCKER_TLS_VERIFY: '1' }, /^ok: tcp:\/\/192\.0\.2\.1:2376$/],
    [{ DOCKER_HOST: 'tcp://127.0.0.1:2376' }, /^ok: tcp:\/\/127\.0\.0\.1:2376$/],
    [{ DOCKER_HOST: 'ssh://me@host' }, /^ok: ssh:\/\/host$/],
    [{ DOCKER_HOST: 'nonsense' }, /^bad: DOCKER_HOST is not understood/],
  ])('%j', async (environment, expected) => {
    expect(await found(dockerSocket, environment)).toMatch(expected);
  });
});

it('says why the engine cannot be reached, and what helps', async () => {
  expect(await found(engineReachable, { DOCKER_HOST: 'unix:///nowhere.sock' })).toBe(
    'bad: The Docker engine at unix:///nowhere.sock cannot be reached (ENOENT). | Start the engine that DOCKER_HOST names, or unset DOCKER_HOST.',
  );
  const secured = { DOCKER_HOST: 'tcp://127.0.0.1:2376', DOCKER_CERT_PATH: '/nowhere' };
  expect(await found(engineReachable, secured)).toBe(
    'bad: /nowhere holds no ca.pem and no cert.pem. | DOCKER_CERT_PATH names the folder with ca.pem, cert.pem and key.pem for the engine.',
  );
});

describe('registry logins', () => {
  const config = () => join(home, 'config.json');
  const look = () => found(dockerLogins, { DOCKER_CONFIG: home });

  it('need not be there', async () => {
    expect(await look()).toBe('ok: none; public images need none');
  });

  it.each([
    [0o600, '{}', /^ok: HOME\/config\.json$/],
    [0o644, '{}', /^warn: others can read HOME\/config\.json \| Close it: chmod 600/],
    [
      0o600,
      '{"auths": "hunter2',
      /^bad: Docker's logins in HOME\/config\.json are not understood: it is not JSON\. \| Mend/,
    ],
  ])('of mode %o with %j', async (mode, text, expected) => {
    writeFileSync(config(), text);
    chmodSync(config(), mode);
    expect(await look()).toMatch(expected);
  });

  it.runIf(isRoot)('of another user', async () => {
    writeFileSync(config(), '{}', { mode: 0o600 });
    chownSync(config(), 65534, 65534);
    expect(await look()).toMatch(/^warn: HOME\/config\.json belongs to user id 65534/);
  });
});

it('makes every check there is, each before what needs it', () => {
  const CHECKS = [...CHECKS_AS_ONESELF, ...CHECKS_AS_OWNER];
  for (const [index, { needs = [] }] of CHECKS.entries())
    for (const need of needs) expect(CHECKS.slice(0, index)).toContain(need);
  expect(new Set(CHECKS.map(({ what }) => what)).size).toBe(CHECKS.length);
});
