import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BuiltImage, buildImage, buildLayer } from '../support/image.ts';
import { answerOf, Lab, until } from '../support/lab.ts';
import { everyNth } from '../support/long-run.ts';
import { publishIndex } from '../support/publish.ts';
import { downloads, reportOf, runHere } from '../support/report-of.ts';

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
const NOWHERE = `sha256:${'0'.repeat(64)}`;

async function start(labels: Record<string, string> = {}): Promise<string> {
  const id = await lab.run('app', { ...SERVICE, Labels: labels });
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
  return id;
}

async function pin(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await lab.refreshd(['pin', 'app', ...args]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

/** What must be as it was where an image was refused: the container, the tag on the host, and every image. */
async function hostState(): Promise<object> {
  const { body } = await lab.api('GET', '/images/json?all=1');
  const images = body.map(({ Id, RepoTags }: { Id: string; RepoTags: string[] }) => [Id, RepoTags]).sort();
  return { app: (await lab.inspect('app')).Id, tag: await lab.imageId(), images };
}

describe('a pin', () => {
  it('to what runs refuses any other digest before it is pulled, until it is taken away', async () => {
    await start();
    expect(await pin()).toBe(`app: Pinned to ${first.digest.slice(7, 19)}: no other image is taken.\n`);
    const { digest } = await lab.publish({ version: '2' });
    const before = await hostState();
    lab.registry.forget();
    for (const args of [['check'], ['run'], ['run', 'app']]) {
      const { app, code } = await reportOf(lab, args);
      expect(app).toMatchObject({
        outcome: 'pinned',
        to: digest,
        reason: `pinned to ${first.digest.slice(7, 19)}`,
      });
      expect(code).toBe(0);
    }
    expect(downloads(lab)).toEqual([]);
    expect(await hostState()).toEqual(before);
    // Once, not at every run.
    expect(lab.log().match(/ offers [0-9a-f]{12}, which is not taken: pinned to /g)).toHaveLength(1);
    expect(lab.log()).toMatch(/1 container checked: 1 pinned/);

    const status = JSON.parse((await lab.refreshd(['status', '--json'])).stdout);
    expect(status.containers[0].pin).toEqual({ digest: first.digest, by: 'command' });
    expect((await lab.refreshd(['status'])).stdout).toContain(', pinned\t');

    expect((await lab.refreshd(['unpin', 'app'])).stdout).toMatch(
      /^app: Not pinned to [0-9a-f]{12} any more\.$/m,
    );
    expect((await reportOf(lab, ['run']))['app']?.outcome).toBe('updated');
    expect(await answerOf(HEALTH)).toBe('200 /health 2');
  });

  it('to what does not run takes exactly that one, wherever the tag points', async () => {
    await start();
    const second = await lab.publish({ version: '2' });
    const third = await lab.publish({ version: '3' });
    expect(await pin(second.digest)).toMatch(/It runs another: the next run takes that one/);
    expect((await lab.refreshd(['status'])).stdout).toContain(`, pinned to ${second.digest.slice(7, 19)}\t`);
    // It has been known for no time at all: a person's word goes before waiting.
    const check = await reportOf(lab, ['check'], { REFRESHD_MIN_AGE: '7d' });
    expect([check['app']?.outcome, check['app']?.to, check.code]).toEqual(['outdated', second.digest, 10]);
    const run = await reportOf(lab, ['run'], { REFRESHD_MIN_AGE: '7d' });
    expect([run['app']?.outcome, run['app']?.to]).toEqual(['updated', second.digest]);
    expect(await answerOf(HEALTH)).toBe('200 /health 2');
    expect(await lab.imageId()).toBe((await lab.inspect('app')).Image);
    const next = await reportOf(lab, ['run']);
    expect([next['app']?.outcome, next['app']?.to]).toEqual(['pinned', third.digest]);
  });

  it('to what no registry has changes nothing, and is said', async () => {
    await start();
    await lab.publish({ version: '2' });
    await pin(NOWHERE);
    const before = await hostState();
    const { app, code } = await reportOf(lab, ['run']);
    expect([app?.outcome, code]).toEqual(['unresolved', 1]);
    expect(app?.reason).toMatch(/^it is pinned to 000000000000, which it does not run and cannot get: /);
    expect(await hostState()).toEqual(before);
  });

  it('to one that was put back is tried once more, because a person says so', async () => {
    await start();
    const bad = await lab.publish({ version: '2', behaviour: 'exits' });
    expect((await reportOf(lab, ['run']))['app']?.outcome).toBe('rolled-back');
    expect((await reportOf(lab, ['run']))['app']?.outcome).toBe('rejected');
    expect(await pin(bad.digest)).toMatch(/It was put back before \(.+\), and is tried again\.\n$/);
    expect((await reportOf(lab, ['run']))['app']?.outcome).toBe('rolled-back');
    expect((await reportOf(lab, ['run']))['app']?.outcome).toBe('rejected');
    expect(await answerOf(HEALTH)).toBe('200 /health 1');
  });
});

describe('by label', () => {
  it('a pin counts as well', async () => {
    await start({ 'refreshd.pin': first.digest });
    await lab.publish({ version: '2' });
    const before = await hostState();
    expect((await reportOf(lab, ['run']))['app']?.outcome).toBe('pinned');
    expect(await hostState()).toEqual(before);
    const unpinned = await lab.refreshd(['unpin', 'app']);
    expect(unpinned.stdout).toMatch(
      /was not pinned by refreshd pin\. Its label refreshd\.pin still allows only/,
    );
    const other = await lab.refreshd(['pin', 'app', NOWHERE]);
    expect([other.code, other.stderr]).toEqual([
      1,
      expect.stringMatching(/its label refreshd\.pin allows only/),
    ]);
  });

  it('and another by command are two that nobody chooses from', async () => {
    await start({ 'refreshd.pin': first.digest });
    await lab.publish({ version: '2' });
    writePins(JSON.stringify({ v: 1, pins: { app: { digest: NOWHERE, at: 1 } } }));
    const before = await hostState();
    const { app, code } = await reportOf(lab, ['run']);
    expect([app?.outcome, code]).toEqual(['unresolved', 1]);
    expect(app?.reason).toMatch(/^its label refreshd\.pin allows only .+ run refreshd unpin app$/);
    expect(await hostState()).toEqual(before);
    await lab.refreshd(['unpin', 'app']);
    expect((await reportOf(lab, ['run']))['app']?.outcome).toBe('pinned');
  });

  it.each(everyNth(2, ['', 'latest', 'sha256:beef', `SHA256:${'a'.repeat(64)}`]))(
    '%j is no pin, and no licence either',
    async text => {
      await start({ 'refreshd.pin': text });
      await lab.publish({ version: '2' });
      const before = await hostState();
      const { app } = (await runHere(lab)).reports;
      expect(app?.outcome).toBe('unresolved');
      expect(app?.reason).toMatch(/^label refreshd\.pin must be a digest: sha256: and 64 hex digits, not "/);
      expect(await hostState()).toEqual(before);
    },
  );
});

describe('the digest of a pin', () => {
  const foreign = async (text: string) =>
    buildImage(
      [await buildLayer([{ path: 'other', content: text }])],
      {},
      { os: 'linux', architecture: 's390x' },
    );

  it('may be that of the index or of its manifest for this machine', async () => {
    const index = await publishIndex(lab.registry, 'app', 'latest', [first, await foreign('one')]);
    await lab.pull();
    await start();
    for (const digest of [index, first.digest]) {
      await pin(digest);
      expect((await runHere(lab)).reports['app']?.outcome).toBe('current');
    }
    // The same image under another index is the pinned image.
    const next = await publishIndex(lab.registry, 'app', 'latest', [first, await foreign('two')]);
    for (const digest of [index, first.digest]) {
      await pin(digest);
      expect((await runHere(lab)).reports['app']).toMatchObject({ outcome: 'current', to: next });
    }
    await lab.publish({ version: '2' });
    const before = await hostState();
    for (const digest of [index, first.digest, next]) {
      await pin(digest);
      expect((await runHere(lab)).reports['app']?.outcome).toBe('pinned');
    }
    expect(await hostState()).toEqual(before);
  });

  it('that of another platform’s manifest is not taken for it', async () => {
    const other = await foreign('one');
    await publishIndex(lab.registry, 'app', 'latest', [first, other]);
    await start();
    await pin(other.digest);
    const { app } = await reportOf(lab, ['run']);
    expect(app?.outcome).not.toBe('current');
    expect(app?.outcome).not.toBe('updated');
    expect(await answerOf(HEALTH)).toBe('200 /health 1');
  });

  it('is not the id of the image', async () => {
    await start();
    const { Image: id } = await lab.inspect('app');
    const result = await lab.refreshd(['pin', 'app', id]);
    // In the image store of containerd the id is the digest.
    if (id === first.digest) expect(result.code).toBe(0);
    else
      expect([result.code, result.stderr]).toEqual([
        2,
        expect.stringMatching(
          /is the id of the image that app runs, not its digest\. To pin it to what it runs: refreshd pin app/,
        ),
      ]);
  });
});

function writePins(text: string): void {
  mkdirSync(join(lab.home, 'state'), { recursive: true, mode: 0o700 });
  writeFileSync(join(lab.home, 'state/pins.json'), text);
}

describe('pins that cannot be read', () => {
  const GARBLED = [
    '',
    'garbage{',
    '{"v":2,"pins":{}}',
    '[]',
    '{"v":1,"pins":{"app":{"digest":"sha256:beef","at":1}}}',
  ];
  it.each(everyNth(2, GARBLED))(
    '%j: nothing is updated that may be pinned, and the file stays',
    async text => {
      await start();
      await lab.publish({ version: '2' });
      writePins(text);
      const before = await hostState();
      lab.registry.forget();
      const { app, code } = await reportOf(lab, ['run']);
      expect([app?.outcome, code]).toEqual(['unresolved', 1]);
      expect(app?.reason).toMatch(
        /^it may be pinned: .+pins\.json is not understood \(.+\); mend it, or remove it and pin anew$/,
      );
      expect(lab.log().match(/ error Nothing is updated, because it may be pinned: /g)).toHaveLength(1);
      expect(downloads(lab)).toEqual([]);
      expect(await hostState()).toEqual(before);
      for (const args of [
        ['pin', 'app'],
        ['unpin', 'app'],
      ]) {
        const { code: refused, stderr } = await lab.refreshd(args);
        expect([refused, stderr]).toEqual([
          2,
          expect.stringMatching(/pins\.json is not understood .+ Mend it, or remove it/),
        ]);
      }
      expect((await lab.refreshd(['status'])).stdout).toContain(
        'Nothing is updated, because it may be pinned',
      );
      expect(readFileSync(join(lab.home, 'state/pins.json'), 'utf8')).toBe(text);
    },
  );

  it.each<[string, (path: string) => void]>([
    ['a folder', path => mkdirSync(path)],
    ['a link', path => symlinkSync('/dev/null', path)],
  ])('%s in their place ends the run before anything is updated', async (_, make) => {
    await start();
    await lab.publish({ version: '2' });
    mkdirSync(join(lab.home, 'state'), { recursive: true, mode: 0o700 });
    make(join(lab.home, 'state/pins.json'));
    const before = await hostState();
    const { code, stderr } = await lab.refreshd(['run']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^refreshd: .+pins\.json cannot be read \(.+\)\. Check owner/),
    ]);
    expect(await hostState()).toEqual(before);
  });
});

describe('beside a pinned container', () => {
  it('one that is made from the same name is not updated: the tag would move under the pin', async () => {
    await start();
    await lab.run('twin');
    await pin();
    const { digest } = await lab.publish({ version: '2' });
    const before = await hostState();
    lab.registry.forget();
    for (const args of [['run'], ['run', 'twin']]) {
      const { twin } = await reportOf(lab, args);
      expect(twin?.outcome).toBe('pinned');
      expect(twin?.reason).toMatch(
        /^app is made from the same name and pinned to .+, so the tag stays where it is$/,
      );
    }
    expect(downloads(lab)).toEqual([]);
    expect(await hostState()).toEqual(before);
    await lab.refreshd(['unpin', 'app']);
    await lab.refreshd(['pin', 'app', digest]);
    const run = await reportOf(lab, ['run']);
    expect([run['app']?.outcome, run['twin']?.outcome]).toEqual(['updated', 'updated']);
  });

  it('one that is made from the same name waits also where it is not clear to what', async () => {
    await start();
    await lab.run('twin', { Labels: { 'refreshd.pin': 'latest' } });
    await lab.publish({ version: '2' });
    const before = await hostState();
    const { reports } = await runHere(lab);
    expect([reports['app']?.outcome, reports['twin']?.outcome]).toEqual(['pinned', 'unresolved']);
    expect(reports['app']?.reason).toMatch(/^twin is made from the same name and pinned, so the tag stays/);
    expect(await hostState()).toEqual(before);
    expect((await lab.refreshd(['pin', 'twin'])).stderr).toMatch(
      /label refreshd\.pin must be .+ Mend the label first/,
    );
  });

  it('one that it is tied to is updated, and it is made anew on its own image', async () => {
    await start();
    const tool = await lab.publish({ version: '1' }, 'tool');
    await lab.pull(lab.reference('tool'));
    await lab.run('tool', {
      Image: lab.reference('tool'),
      ...{ Cmd: ['sleep', '3600'], StopTimeout: 1 },
      HostConfig: { NetworkMode: 'container:app' },
    });
    expect((await lab.refreshd(['pin', 'tool'])).code).toBe(0);
    await lab.publish({ version: '2' });
    await lab.publish({ version: '2' }, 'tool');
    const image = (await lab.inspect('tool')).Image;
    const run = await reportOf(lab, ['run']);
    expect([run['app']?.outcome, run['tool']?.reason]).toEqual(['updated', 'made anew along with app']);
    expect((await lab.inspect('tool')).Image).toBe(image);
    expect((await reportOf(lab, ['run']))['tool']).toMatchObject({
      outcome: 'pinned',
      reason: `pinned to ${tool.digest.slice(7, 19)}`,
    });
  });
});

describe('going back by hand', () => {
  it('is refused where the pin allows another image, and taken where it allows that one', async () => {
    await start();
    const second = await lab.publish({ version: '2' });
    expect((await reportOf(lab, ['run']))['app']?.outcome).toBe('updated');
    await pin();
    const before = await hostState();
    const refused = await lab.refreshd(['rollback', 'app']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /^refreshd: app is not taken back: it is pinned to [0-9a-f]{12}, and ran [0-9a-f]{12} before\. Run refreshd unpin app first\.\n$/,
    );
    expect(refused.stderr).toContain(second.digest.slice(7, 19));
    expect(await hostState()).toEqual(before);
    await pin(first.digest);
    expect((await lab.refreshd(['rollback', 'app'])).code).toBe(0);
    expect(await answerOf(HEALTH)).toBe('200 /health 1');
    expect((await reportOf(lab, ['run']))['app']?.outcome).toBe('pinned');
  });
});

const REFUSED: readonly (readonly [what: string, args: readonly string[], code: number, says: RegExp])[] = [
  [
    'no such container',
    ['pin', 'ap'],
    2,
    /No watched container is called ap \(watched: app\)\. Did you mean app\?/,
  ],
  [
    'no such container to unpin',
    ['unpin', 'appp'],
    2,
    /No watched container is called appp .+Did you mean app\?/,
  ],
  ['no name', ['pin'], 2, /missing required argument 'name'/],
  [
    'a tag instead of a digest',
    ['pin', 'app', 'latest'],
    2,
    /"latest" is no digest\. A digest is sha256: and 64/,
  ],
  ['half a digest', ['pin', 'app', 'sha256:beef'], 2, /"sha256:beef" is no digest/],
  ['escape sequences', ['pin', 'app', '\u001b[31msha256:\n'], 2, /^refreshd: "sha256:" is no digest/],
  ['too much', ['pin', 'app', NOWHERE, 'more'], 2, /too many arguments/],
];

it('is refused in one sentence where it is not understood, and nothing is pinned', async () => {
  await lab.run('app');
  for (const [what, args, exit, says] of REFUSED) {
    const { code, stderr } = await lab.refreshd(args);
    expect([what, code, stderr]).toEqual([what, exit, expect.stringMatching(says)]);
    expect(stderr, what).not.toMatch(/\u001b|\n\s+at /);
  }
  expect(JSON.parse((await lab.refreshd(['status', '--json'])).stdout).containers[0].pin).toBeUndefined();
});

it('where a pin would mean nothing it is refused', async () => {
  await lab.run('app');
  const { Image: image } = await lab.inspect('app');
  const { body } = await lab.api('GET', `/images/${image}/json`);
  await lab.run('by-digest', { Image: body.RepoDigests[0] });
  await lab.run('by-id', { Image: image });
  for (const [name, why] of [
    ['by-digest', 'it is pinned by its own image name'],
    ['by-id', 'it is made from an image id, which never changes'],
  ])
    expect((await lab.refreshd(['pin', name ?? ''])).stderr).toBe(
      `refreshd: ${name} cannot be pinned: ${why}.\n`,
    );
});

it('a pin outlives its container, and can be taken away then too', async () => {
  await lab.run('app');
  await pin();
  await lab.api('DELETE', '/containers/app?force=1');
  expect((await lab.refreshd(['unpin', 'app'])).stdout).toMatch(/Not pinned to [0-9a-f]{12} any more/);
  expect(JSON.parse(readFileSync(join(lab.home, 'state/pins.json'), 'utf8'))).toEqual({ v: 1, pins: {} });
});
