import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { answerOf, Lab, until } from '../support/lab.ts';
import { publishIndex } from '../support/publish.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
beforeEach(async () => {
  await lab.clear();
  await lab.publish({ version: '1' });
  await lab.pull();
  await lab.run('app', {
    Volumes: { '/data': {} },
    HostConfig: {
      PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] },
      RestartPolicy: { Name: 'unless-stopped' },
    },
  });
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
});
afterAll(() => lab.close());

const HEALTH = 'http://127.0.0.1:18080/health';

async function update(version: string, environment: Record<string, string> = {}): Promise<void> {
  await lab.publish({ version });
  expect((await lab.refreshd(['run'], environment)).code).toBe(0);
  expect(await answerOf(HEALTH)).toBe(`200 /health ${version}`);
}

/** Tags of all images there are; some engines list names by digest among them. */
async function imageNames(): Promise<string[]> {
  const { body } = await lab.api('GET', '/images/json?all=1');
  return body
    .flatMap(({ RepoTags }: { RepoTags: string[] | null }) => RepoTags ?? ['<none>'])
    .filter((name: string) => !name.includes('@'))
    .sort();
}

it('takes a container back to the image before its last update, and keeps it there', async () => {
  const before = await lab.inspect('app');
  await update('2');
  const result = await lab.refreshd(['rollback', 'app']);
  expect(result.stderr).toBe('');
  expect(result.stdout).toMatch(/^app\trolled-back\t/);
  expect(result.code).toBe(0);
  expect(await answerOf(HEALTH)).toBe('200 /health 1');
  const now = await lab.inspect('app');
  expect(now.Image).toBe(before.Image);
  expect(await lab.imageId()).toBe(before.Image);
  expect(now.Mounts[0].Name).toBe(before.Mounts[0].Name);
  expect(await lab.names()).toEqual(['app']);

  const next = await lab.refreshd(['run']);
  expect(next.stdout).toMatch(/^app\trejected\t.*a person went back from it/);
  expect(await answerOf(HEALTH)).toBe('200 /health 1');
  expect((await lab.refreshd(['rollback', 'app'])).stderr).toMatch(
    /has no update in the history to go back from/,
  );
  await update('3');
});

it('keeps it there under another index of the image that it left', async () => {
  const image = await lab.publish({ version: '2' });
  await publishIndex(lab.registry, 'app', 'latest', [image], { index: 'one' });
  expect((await lab.refreshd(['run'])).code).toBe(0);
  expect((await lab.refreshd(['rollback', 'app'])).code).toBe(0);
  await publishIndex(lab.registry, 'app', 'latest', [image], { index: 'two' });
  expect((await lab.refreshd(['run'])).stdout).toMatch(/^app\trejected\t.*a person went back from it/);
  expect(await answerOf(HEALTH)).toBe('200 /health 1');
});

it('does not go back from an image that a person gave it', async () => {
  await update('2');
  await lab.publish({ version: '3' });
  await lab.pull();
  await lab.api('DELETE', '/containers/app?force=1');
  const id = await lab.run('app');
  const result = await lab.refreshd(['rollback', 'app']);
  expect(result.code).toBe(1);
  expect(result.stderr).toMatch(/app does not run what its last update gave it/);
  expect((await lab.inspect('app')).Id).toBe(id);
});

it('stays where it is if the old image does not work any more', async () => {
  await update('2');
  const before = await lab.inspect('app');
  // Version 1 is healthy, but not on this port.
  await lab.api('DELETE', '/containers/app?force=1');
  await lab.run('app', { Labels: { 'refreshd.health.port': '9999' } });
  const result = await lab.refreshd(['rollback', 'app'], { REFRESHD_HEALTH_TIMEOUT: '2s' });
  expect(result.code).toBe(1);
  expect(result.stdout).toMatch(/^app\tfailed\t/);
  const now = await lab.inspect('app');
  expect([now.Image, now.State.Running]).toEqual([before.Image, true]);
  expect(await lab.imageId()).toBe(before.Image);
});

it('keeps as many old images as are asked for, and none that is in use', async () => {
  const first = await lab.imageId();
  await update('2');
  await update('3');
  const kept = await imageNames();
  expect(kept).toHaveLength(2);
  expect(kept[1]).toMatch(/^refreshd-kept:app\.[0-9a-f]{10}$/);
  expect((await lab.api('GET', `/images/${first}/json`)).status).toBe(404);
  await lab.run('user', { Image: kept[1] });
  await lab.publish({ version: '4' });
  expect((await lab.refreshd(['run', 'app'], { REFRESHD_KEEP_IMAGES: '0' })).code).toBe(0);
  expect(await imageNames()).toEqual([lab.reference(), kept[1]].sort());
});

it('says what is not there to go back to', async () => {
  expect(await lab.refreshd(['rollback', 'nobody'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('No watched container is called nobody'),
  });
  expect((await lab.refreshd(['rollback', 'app'])).stderr).toMatch(/app has no update in the history/);
  const before = await lab.imageId();
  await update('2');
  const [name] = (await imageNames()).filter(each => each.startsWith('refreshd-kept'));
  await lab.api('DELETE', `/images/${name}`);
  await lab.api('DELETE', `/images/${before}?force=1`);
  const gone = await lab.refreshd(['rollback', 'app']);
  expect(gone.code).toBe(1);
  expect(gone.stderr).toMatch(/is not on this host any more\. REFRESHD_KEEP_IMAGES/);
  expect(await answerOf(HEALTH)).toBe('200 /health 2');
});
