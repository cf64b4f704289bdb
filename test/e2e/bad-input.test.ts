import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CommandResult, Lab, MAIN, resultOf } from '../support/lab.ts';
import type { Misbehaviour } from '../support/registry-server.ts';

let lab: Lab;
let before: string;
beforeAll(async () => {
  lab = await Lab.open();
});
beforeEach(async () => {
  await lab.clear();
  await lab.publish({ version: '1' });
  await lab.pull();
  before = await lab.run('app');
});
afterAll(() => lab.close());

/** One sentence for a person: no stack, no escape sequence. */
function expectSentence({ code, stderr }: CommandResult, exit: number, says: RegExp): void {
  expect(stderr).toMatch(says);
  expect(stderr).not.toMatch(/\n\s+at |node:internal|\u001b/);
  expect(code).toBe(exit);
}

describe('what keeps a run from beginning', () => {
  const home = (path: string) => join(lab.home, path);
  it.each<[string, number, RegExp, () => unknown]>([
    [
      'an engine that is not there',
      4,
      /^refreshd: The Docker engine at unix:\/\/\/nowhere\.sock cannot be reached \(ENOENT\)\. Start Docker/,
      () => ({ DOCKER_HOST: 'unix:///nowhere.sock' }),
    ],
    [
      'an engine without TLS on the network',
      4,
      /^refreshd: DOCKER_HOST names 192\.0\.2\.1:2375 without TLS/,
      () => ({ DOCKER_HOST: 'tcp://192.0.2.1:2375' }),
    ],
    [
      'a DOCKER_HOST of nonsense',
      4,
      /^refreshd: DOCKER_HOST is not understood\. Write unix:/,
      () => ({ DOCKER_HOST: 'nonsense' }),
    ],
    [
      'an unknown setting',
      2,
      /^refreshd: REFRESHD_SHEDULE in .+refreshd\.env is no setting; did you mean REFRESHD_SCHEDULE\?\.\n$/,
      () => void lab.writeSettings({ REFRESHD_SHEDULE: '0 3 * * 0' }),
    ],
    ['a bad schedule', 2, /"61 \* \* \* \*" is no schedule: /, () => ({ REFRESHD_SCHEDULE: '61 * * * *' })],
    [
      'a bad zone',
      2,
      /REFRESHD_TIMEZONE in the environment: must be an IANA time zone such as Europe\/Berlin, not "Mars\/Base"/,
      () => ({ REFRESHD_TIMEZONE: 'Mars/Base' }),
    ],
    [
      'a bad duration',
      2,
      /REFRESHD_STABLE_FOR in the environment: must be a duration such as 30s/,
      () => ({ REFRESHD_STABLE_FOR: 'soon' }),
    ],
    [
      'several bad settings at once',
      2,
      /^refreshd: 2 settings cannot be used:\n {2}REFRESHD_WATCH .+\n {2}REFRESHD_CONCURRENCY .+\n$/,
      () => ({ REFRESHD_WATCH: 'some', REFRESHD_CONCURRENCY: '0' }),
    ],
    [
      'logs in a file',
      2,
      /^refreshd: The log folder .+\/logs is not a plain folder\. Move away/,
      () => void writeFileSync(home('logs'), ''),
    ],
    [
      'a log that is in the way',
      2,
      /^refreshd: .+\/logs\/update\.log is in the way/,
      () => {
        mkdirSync(home('logs'));
        writeFileSync(home('logs/update.log'), 'mine');
      },
    ],
    [
      'a state folder behind a link',
      2,
      /^refreshd: The state folder .+\/state is not a plain folder/,
      () => void symlinkSync('/tmp', home('state')),
    ],
    [
      'a state folder of another user',
      2,
      /^refreshd: The state folder .+\/state belongs to user id 65534, not to root \(0\)\. Run refreshd as that user/,
      () => {
        mkdirSync(home('state'));
        chownSync(home('state'), 65534, 65534);
      },
    ],
    [
      'a name that is not watched',
      2,
      /^refreshd: No watched container is called nobody \(watched: app\)/,
      () => ({ NAME: 'nobody' }),
    ],
  ])('%s', async (_, exit, says, spoil) => {
    const { NAME: name, ...environment } = (spoil() ?? {}) as Record<string, string>;
    expectSentence(await lab.refreshd(name === undefined ? ['run'] : ['run', name], environment), exit, says);
    expect((await lab.inspect('app')).Id).toBe(before);
  });

  it('an option that does not exist', async () => {
    expectSentence(await lab.refreshd(['run', '--fast']), 2, /^error: unknown option '--fast'\n$/);
  });

  it('a home that is not there', async () => {
    expectSentence(
      await resultOf(spawn(process.execPath, [MAIN, 'run', '--home', '/nowhere'])),
      2,
      /^refreshd: The home \/nowhere is not a folder\. Name the folder/,
    );
  });
});

describe('what a state folder may hold', () => {
  it.each([
    ['an empty journal', 'rollouts/abc.json', ''],
    ['a torn journal', 'rollouts/abc.json', '{"v":1,"sum":"'],
    ['a journal of a newer version', 'rollouts/abc.json', '{"v":9,"sum":"x","entry":{}}'],
  ])('%s is put aside, and said', async (_, path, text) => {
    mkdirSync(join(lab.home, 'state/rollouts'), { recursive: true, mode: 0o700 });
    writeFileSync(join(lab.home, 'state', path), text);
    expect((await lab.refreshd(['run'])).code).toBe(0);
    expect(readdirSync(join(lab.home, 'state/rollouts'))).toEqual(['abc.json.bad']);
    expect(lab.log()).toMatch(
      /error A journal file could not be understood and was put aside as .+abc\.json\.bad/,
    );
    expect(lab.log()).toMatch(/1 container checked, all current/);
  });

  it.each([
    'rejected.json',
    'seen.json',
    'registries.json',
    'schedule.json',
    'last-run.json',
    'history.jsonl',
  ])('garbage in %s does not keep it from working', async name => {
    mkdirSync(join(lab.home, 'state'), { mode: 0o700 });
    writeFileSync(join(lab.home, 'state', name), '\u0000garbage{');
    expect((await lab.refreshd(['run'])).code).toBe(0);
    expect((await lab.refreshd(['status'])).code).toBe(0);
    expect((await lab.refreshd(['history'])).code).toBe(0);
  });

  it('closes a state folder that others can look into', async () => {
    mkdirSync(join(lab.home, 'state'));
    chmodSync(join(lab.home, 'state'), 0o755);
    await lab.refreshd(['run']);
    expect(statSync(join(lab.home, 'state')).mode & 0o777).toBe(0o700);
  });
});

describe('a registry that does not answer as it should', () => {
  const answer =
    (status: number, headers: Record<string, string> = {}, body = ''): Misbehaviour =>
    (_, response) => {
      response.writeHead(status, headers).end(body);
      return true;
    };
  const says = (text: string): RegExp => new RegExp(`^app\\tunresolved\\t.+\\t.*${text}`);
  it.each<[string, Misbehaviour, RegExp]>([
    ['refuses access', answer(401), says('refuses access to .+ \\(HTTP 401\\)')],
    [
      'resets',
      request => {
        request.socket.destroy();
        return true;
      },
      says('broke off the answer'),
    ],
    [
      'answers HTML',
      answer(200, { 'content-type': 'text/html' }, '<html>'),
      says('answered with text/html instead of a manifest'),
    ],
    [
      'names a digest that is none',
      answer(200, { 'docker-content-digest': 'sha256:beef' }),
      says('names a digest that is none: "sha256:beef"'),
    ],
    [
      'redirects',
      answer(307, { location: 'http://127.0.0.1:1/' }),
      says('redirects to 127.0.0.1:1 \\(HTTP 307\\)'),
    ],
    ['was asked too often', answer(429, { 'retry-after': '1' }), says('asked too often \\(HTTP 429\\)')],
    ['is out of order', answer(500, {}, 'stack trace\n\u001b[31m'), says('is out of order \\(HTTP 500\\)')],
  ])('%s: said in a sentence, and nothing is changed', async (_, misbehaviour, expected) => {
    lab.registry.misbehave = misbehaviour;
    const result = await lab.refreshd(['run']);
    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(expected);
    expect(result.stdout + result.stderr + lab.log()).not.toMatch(/\u001b|\n\s+at /);
    expect((await lab.inspect('app')).Id).toBe(before);
  });

  it('is not there any more', async () => {
    await lab.run('gone', { Image: lab.reference() });
    const { Image: image } = await lab.inspect('app');
    await lab.api('POST', `/images/${image}/tag?repo=127.0.0.1:1/app&tag=latest`);
    expect((await lab.refreshd(['run'])).code).toBe(0);
  });
});

it('points out labels that it does not understand, and goes on with the others', async () => {
  await lab.run('other', {
    Labels: { 'refreshd.health.port': 'http', 'refreshd.stable-for': '\u001b[2Jsoon' },
  });
  const result = await lab.refreshd(['run']);
  expect(result.code).toBe(1);
  expect(result.stdout).toMatch(/^app\tcurrent\t/);
  expect(result.stdout).toContain(
    'label refreshd.health.port must be a port from 1 to 65535, not "http"; label refreshd.stable-for must be a duration such as 30s, not "soon"',
  );
});
