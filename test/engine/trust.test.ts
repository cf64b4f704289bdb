import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KnownDigests } from '../../src/journal/known-digests.ts';
import type { BuiltImage } from '../support/image.ts';
import { answerOf, Lab, until } from '../support/lab.ts';
import { everyNth } from '../support/long-run.ts';
import { publish } from '../support/publish.ts';
import { downloads, runHere } from '../support/report-of.ts';

let lab: Lab;
let first: BuiltImage;
beforeAll(async () => {
  lab = await Lab.open();
});
beforeEach(async () => {
  await lab.clear();
  first = await lab.publish({ version: '1' });
  await lab.pull();
});
afterAll(() => lab.close());

const HEALTH = 'http://127.0.0.1:18080/health';
const SERVICE = {
  HostConfig: { PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] } },
};
const DAY = 86_400_000;
const WEEK = { REFRESHD_MIN_AGE: '7d' };

async function start(body: Record<string, unknown> = {}): Promise<string> {
  const id = await lab.run('app', { ...SERVICE, ...body });
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
  return id;
}

function knownDigests(): KnownDigests {
  return JSON.parse(readFileSync(join(lab.home, 'state/known.json'), 'utf8'));
}

/** As if all that is known had been seen that much earlier, or later. */
function shift(milliseconds: number): void {
  const shifted = knownDigests().map(each => ({
    ...each,
    since: each.since + milliseconds,
    ...(each.ran !== undefined && { ran: each.ran + milliseconds }),
  }));
  writeFileSync(join(lab.home, 'state/known.json'), JSON.stringify(shifted));
}

async function hostState(): Promise<object> {
  return { app: (await lab.inspect('app')).Id, tag: await lab.imageId() };
}

describe('a minimum age', () => {
  it('counts from when we saw a digest first, in whatever look, and says since and from when', async () => {
    await start();
    await lab.publish({ version: '2' });
    const before = await hostState();
    lab.registry.forget();
    const check = (await runHere(lab, 'check', WEEK)).reports['app'];
    expect(check).toMatchObject({ outcome: 'skipped', to: expect.stringMatching(/^sha256:/) });
    expect(check?.reason).toMatch(
      /^known since [-\d]+ [:\d]+ [-+:\d]+ \(.+\), taken from [-\d]+ [:\d]+ [-+:\d]+ on \(in 7 d\): REFRESHD_MIN_AGE$/,
    );
    // What the check saw counts: a day less than a week later it is still too young, and a week later it is not.
    shift(-6 * DAY);
    const run = await runHere(lab, 'run', WEEK);
    expect(run.reports['app']?.reason).toMatch(/\(6 d ago\), taken from .+\(in 24 h\)/);
    expect(run.logged.filter(line => line.includes('known since'))).toHaveLength(2);
    expect(
      (await runHere(lab, 'run', WEEK)).logged.filter(line => /^(info|warn) .*known since/.test(line)),
    ).toEqual([]);
    expect(downloads(lab)).toEqual([]);
    expect(await hostState()).toEqual(before);
    shift(-DAY);
    expect((await runHere(lab, 'run', WEEK)).reports['app']?.outcome).toBe('updated');
  });

  it('counts for a newer digest from the beginning, and by label for one container', async () => {
    await start();
    await lab.publish({ version: '1' }, 'eager');
    await lab.pull(lab.reference('eager'));
    await lab.run('eager', { Image: lab.reference('eager'), Labels: { 'refreshd.min-age': '0' } });
    for (const repository of ['app', 'eager']) await lab.publish({ version: '2' }, repository);
    expect((await runHere(lab, 'check', WEEK)).reports['eager']?.outcome).toBe('outdated');
    shift(-8 * DAY);
    expect((await runHere(lab, 'check', WEEK)).reports['app']?.outcome).toBe('outdated');
    for (const repository of ['app', 'eager']) await lab.publish({ version: '3' }, repository);
    const { reports } = await runHere(lab, 'check', WEEK);
    expect(reports['app']?.reason).toMatch(/in 7 d/);
    expect(reports['eager']?.outcome).toBe('outdated');
  });

  it('holds whoever is made from the same name: the tag would move under the one that waits', async () => {
    await start();
    await lab.run('eager', { Labels: { 'refreshd.min-age': '0' } });
    await lab.publish({ version: '2' });
    const before = await hostState();
    expect((await runHere(lab, 'run', WEEK)).reports['eager']).toMatchObject({ outcome: 'skipped' });
    expect(await hostState()).toEqual(before);
    shift(-8 * DAY);
    const { reports } = await runHere(lab, 'run', WEEK);
    expect([reports['eager']?.outcome, reports['app']?.outcome]).toEqual(['updated', 'updated']);
  });

  it('is not waited for longer than from now on where the clock was put back', async () => {
    await start();
    await lab.publish({ version: '2' });
    await runHere(lab, 'check', WEEK);
    shift(4000 * DAY);
    expect((await runHere(lab, 'check', WEEK)).reports['app']?.reason).toMatch(/\(in 7 d\)/);
    shift(-7 * DAY);
    expect((await runHere(lab, 'check', WEEK)).reports['app']?.outcome).toBe('outdated');
  });

  it('begins anew where the memory is garbled', async () => {
    await start();
    await lab.publish({ version: '2' });
    await runHere(lab, 'check', WEEK);
    shift(-8 * DAY);
    writeFileSync(join(lab.home, 'state/known.json'), '[{"reference":');
    const { reports, logged } = await runHere(lab, 'run', WEEK);
    expect(reports['app']?.reason).toMatch(/\(in 7 d\)/);
    expect(logged).toContainEqual(
      expect.stringMatching(/^warn .+known\.json is not understood and counts as empty/),
    );
  });
});

describe('a registry that goes back to an image that ran here', () => {
  const REFUSE = { REFRESHD_DOWNGRADE: 'refuse' };
  const GONE_BACK =
    /:latest has gone back to [0-9a-f]{12}, which ran here before \(.+\): its publisher may have/;
  const goBack = async () => {
    await start();
    await lab.publish({ version: '2' });
    expect((await runHere(lab)).reports['app']?.outcome).toBe('updated');
    expect((await runHere(lab)).reports['app']?.outcome).toBe('current');
    await publish(lab.registry, 'app', 'latest', first);
  };

  it('is followed, and said loudly', async () => {
    await goBack();
    const check = (await runHere(lab, 'check')).reports['app'];
    expect(check).toMatchObject({ outcome: 'outdated', notes: [expect.stringMatching(GONE_BACK)] });
    const printed = await lab.refreshd(['check']);
    expect([printed.code, printed.stdout]).toEqual([10, expect.stringMatching(GONE_BACK)]);
    const { reports, logged } = await runHere(lab);
    expect(reports['app']).toMatchObject({ outcome: 'updated', notes: [expect.stringMatching(GONE_BACK)] });
    expect(logged).toContainEqual(expect.stringMatching(new RegExp(`^warn .+${GONE_BACK.source}`)));
    expect(await answerOf(HEALTH)).toBe('200 /health 1');
    // Forward again is no going back.
    await lab.publish({ version: '2' });
    expect((await runHere(lab, 'run', REFUSE)).reports['app']).toMatchObject({
      outcome: 'updated',
      notes: [],
    });
  });

  it('is not followed where that is refused, and nothing is pulled', async () => {
    await goBack();
    const before = await hostState();
    lab.registry.forget();
    for (const times of [1, 0]) {
      const { reports, logged } = await runHere(lab, 'run', REFUSE);
      expect(reports['app']).toMatchObject({
        outcome: 'skipped',
        to: first.digest,
        reason: 'not taken, because of REFRESHD_DOWNGRADE=refuse',
        notes: [expect.stringMatching(GONE_BACK)],
      });
      expect(logged.filter(line => GONE_BACK.test(line))).toHaveLength(times);
    }
    expect(downloads(lab)).toEqual([]);
    expect(await hostState()).toEqual(before);
  });

  it.each([
    ['the history', ['known.json']],
    ['what is remembered', ['history.jsonl']],
    ['the image that is kept', ['known.json', 'history.jsonl']],
  ])('is known by %s alone', async (_, lost) => {
    await goBack();
    for (const name of lost) rmSync(join(lab.home, 'state', name));
    expect((await runHere(lab, 'run', REFUSE)).reports['app']).toMatchObject({
      outcome: 'skipped',
      notes: [expect.stringMatching(GONE_BACK)],
    });
  });

  it('to one that a person went back from stays without it', async () => {
    await start();
    await lab.publish({ version: '2' });
    expect((await runHere(lab)).reports['app']?.outcome).toBe('updated');
    expect((await lab.refreshd(['rollback', 'app'])).code).toBe(0);
    expect((await runHere(lab)).reports['app']).toMatchObject({ outcome: 'rejected', notes: [] });
  });

  it('is not what it is called where one of two is behind the other', async () => {
    await start();
    await lab.publish({ version: '2' });
    await lab.pull();
    await lab.run('ahead');
    const { reports } = await runHere(lab, 'check', REFUSE);
    expect([reports['app']?.outcome, reports['ahead']?.outcome]).toEqual(['outdated', 'current']);
    expect((await runHere(lab, 'run', REFUSE)).reports['app']).toMatchObject({
      outcome: 'updated',
      notes: [],
    });
  });
});

describe('an image that', () => {
  const SOURCE = 'org.opencontainers.image.source';
  const STALE = /^There has been no new image for \d+ d \((.+)\)\. It may be abandoned/;

  it('nobody renews is pointed out once, and in every check and status', async () => {
    await start();
    const settings = { REFRESHD_STALE_AFTER: '30d' };
    const ofItsOwn = (await runHere(lab, 'check', settings)).reports['app'];
    expect(ofItsOwn?.notes[0]).toMatch(STALE);
    expect(ofItsOwn?.notes[0]).toContain('made on 2026-01-01 by its own word');
    shift(-40 * DAY);
    for (const times of [1, 0]) {
      const { reports, logged } = await runHere(lab, 'run', settings);
      expect(reports['app']?.notes[0]).toMatch(/no new image for 40 d \(first seen here on 20/);
      expect(logged.filter(line => line.startsWith('warn There has been no new image'))).toHaveLength(times);
    }
    expect((await lab.refreshd(['status'], settings)).stdout).toMatch(
      /^app: There has been no new image for 40 d/m,
    );
    // The new one was made long ago too, by its own word; but it came just now.
    await lab.publish({ version: '2' });
    expect((await runHere(lab, 'run', settings)).reports['app']).toMatchObject({
      outcome: 'updated',
      notes: [],
    });
    expect((await runHere(lab, 'run', settings)).reports['app']).toMatchObject({
      outcome: 'current',
      notes: [],
    });
  });

  it('comes from another owner is pointed out, on one line and without what is secret', async () => {
    const labels = { [SOURCE]: 'https://me:hunter2@github.com/wyre-technology/autotask-mcp?\u001b[31m' };
    await lab.publish({ version: '1', config: { Labels: labels } }, 'asachs01/autotask-mcp');
    await lab.pull(lab.reference('asachs01/autotask-mcp'));
    await lab.run('app', { Image: lab.reference('asachs01/autotask-mcp') });
    const check = await lab.refreshd(['check']);
    expect(check.code).toBe(0);
    expect(check.stdout).toMatch(
      /^app\tcurrent\t.+\tIts image says that it comes from github\.com\/wyre-technology\/autotask-mcp, another owner than that of .+asachs01\/autotask-mcp: it may have moved\./,
    );
    await lab.refreshd(['run']);
    await lab.refreshd(['run']);
    expect(lab.log().match(/ warn {2}app: Its image says that it comes from/g)).toHaveLength(1);
    const status = await lab.refreshd(['status']);
    expect(status.stdout).toMatch(/^app: Its image says that it comes from github\.com\/wyre-technology/m);
    expect(check.stdout + status.stdout + lab.log()).not.toMatch(/hunter2|\u001b/);
  });
});

describe('labels of an image', () => {
  const LABELLED = { REFRESHD_WATCH: 'labelled' };
  const TRIES = {
    'refreshd.enable': 'true',
    'com.centurylinklabs.watchtower.enable': 'true',
    'wud.watch': 'true',
    'dd.watch': 'true',
    'refreshd.pin': `sha256:${'0'.repeat(64)}`,
    'refreshd.min-age': '300d',
    'refreshd.depends-on': 'nobody',
    'refreshd.allow-rm': 'true',
    'refreshd.stable-for': '300d',
    'refreshd.health.timeout': '1s',
    'refreshd.health.path': '/elsewhere',
    'refreshd.health.port': '9',
  };
  const asIfOurs = (labels: Record<string, string>) => ({
    ...labels,
    'refreshd.user-set': JSON.stringify(
      Object.keys(labels)
        .map(key => `Labels:${key}`)
        .sort(),
    ),
  });

  const publishWith = async (version: string, labels: Record<string, string>) => {
    await lab.publish({ version, config: { Labels: labels } });
  };

  it('change nothing, whatever they try', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const labels = asIfOurs({ ...TRIES, 'refreshd.health.url': `http://127.0.0.1:${port}/stolen` });
    await publishWith('1', labels);
    await lab.pull();
    await start();
    await lab.run('fleeting', { HostConfig: { AutoRemove: true } });
    expect((await runHere(lab, 'check', LABELLED)).reports).toEqual({});
    await publishWith('2', { ...labels, 'refreshd.enable': 'false', 'wud.watch': 'false' });
    const { reports } = await runHere(lab);
    expect(reports['app']).toMatchObject({ outcome: 'updated', notes: [] });
    expect(reports['fleeting']?.reason).toMatch(/^started with --rm/);
    expect(await answerOf(HEALTH)).toBe('200 /health 2');
    await publishWith('3', labels);
    expect((await runHere(lab)).reports['app']?.outcome).toBe('updated');
    expect(asked).toEqual([]);
    server.close();
  });

  const COPIES: readonly (readonly [string, Record<string, string>])[] = [
    ['copies the user’s', { 'refreshd.enable': 'true' }],
    ['says the opposite of the user’s', { 'refreshd.enable': 'false' }],
    ['copies the user’s, and foresees what we write down of that', asIfOurs({ 'refreshd.enable': 'true' })],
    [
      'copies the user’s, and says that nothing was the user’s',
      { 'refreshd.enable': 'true', 'refreshd.user-set': '[]' },
    ],
    ['says what was the user’s, and is not', asIfOurs({ 'refreshd.min-age': '300d' })],
  ];
  it.each(everyNth(2, COPIES))('in an image that %s do not cancel that', async (_, labels) => {
    await start({ Labels: { 'refreshd.enable': 'true' } });
    for (const version of ['2', '3', '4']) {
      await publishWith(version, labels);
      expect((await runHere(lab, 'run', LABELLED)).reports['app']?.outcome).toBe('updated');
    }
    await publishWith('5', {});
    expect((await runHere(lab, 'run', LABELLED)).reports['app']?.outcome).toBe('updated');
    expect((await lab.inspect('app')).Config.Labels).toMatchObject({ 'refreshd.enable': 'true' });
    expect((await lab.inspect('app')).Config.Labels).not.toHaveProperty('refreshd.min-age');
  });
});
