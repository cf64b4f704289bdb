import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { answerOf, Lab, until } from '../support/lab.ts';

const HEALTH = 'http://127.0.0.1:18080/health';
const ALLOWED = { 'refreshd.allow-rm': 'true' };

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
beforeEach(async () => {
  await lab.clear();
  await lab.publish({ version: '1' });
  await lab.pull();
});
afterAll(() => lab.close());

/** As `docker run --rm` does; it keeps something in a volume that nobody named. */
async function runApp(Labels: Record<string, string>): Promise<void> {
  await lab.run('app', {
    Labels,
    Volumes: { '/data': {} },
    HostConfig: {
      AutoRemove: true,
      PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] },
    },
  });
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
}

async function volumeOf(name: string): Promise<string> {
  const { Mounts } = await lab.inspect(name);
  return Mounts[0].Name;
}

/** What must be so whenever nothing is under way. */
async function expectOne(answer: string, volume: string): Promise<void> {
  expect(await lab.names()).toEqual(['app']);
  expect((await lab.inspect('app')).HostConfig.AutoRemove).toBe(true);
  expect(await answerOf(HEALTH)).toBe(answer);
  expect(await volumeOf('app')).toBe(volume);
  expect(await lab.imageId(), 'the tag points at what runs').toBe((await lab.inspect('app')).Image);
}

it('is left alone unless its user allows it', async () => {
  await runApp({});
  await lab.publish({ version: '2' });
  const { stdout } = await lab.refreshd(['run']);
  expect(stdout).toMatch(/^app\tskipped\t.*started with --rm.*refreshd\.allow-rm=true/);
});

it('is replaced by one that goes when it stops as well, on the same volume', async () => {
  await runApp(ALLOWED);
  const volume = await volumeOf('app');
  await lab.publish({ version: '2' });
  expect((await lab.refreshd(['run'])).stdout).toMatch(/^app\tupdated\t/);
  await expectOne('200 /health 2', volume);
});

it.each([
  ['exits', /it stopped by itself/],
  ['500', /HTTP 500/],
  ['no-command', /could not start container/],
] as const)(
  'is made again on its old image, with its data, after a new one that %s',
  async (behaviour, says) => {
    await runApp(ALLOWED);
    const volume = await volumeOf('app');
    await lab.publish({ version: '2', behaviour });
    const { code, stdout } = await lab.refreshd(['run']);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^app\trolled-back\t/)]);
    expect(stdout).toMatch(says);
    await expectOne('200 /health 1', volume);
    expect((await lab.refreshd(['run'])).stdout).toMatch(/^app\trejected\t/);
    await lab.publish({ version: '3' });
    expect((await lab.refreshd(['run'])).stdout).toMatch(/^app\tupdated\t/);
    await expectOne('200 /health 3', volume);
  },
);

it('goes back to the image before when a person asks for it', async () => {
  await runApp(ALLOWED);
  const volume = await volumeOf('app');
  await lab.publish({ version: '2' });
  await lab.refreshd(['run']);
  expect((await lab.refreshd(['rollback', 'app'])).stdout).toMatch(/^app\trolled-back\t/);
  await expectOne('200 /health 1', volume);
});

it('keeps its place where others are tied to it, which could not be put back', async () => {
  await runApp(ALLOWED);
  await lab.run('tool', { Cmd: ['sleep', '1000'], HostConfig: { NetworkMode: 'container:app' } });
  await lab.publish({ version: '2' });
  const { stdout } = await lab.refreshd(['run', 'app']);
  expect(stdout).toMatch(/^app\tskipped\t.*started with --rm, and others are tied to it/);
});
