import { statfsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { engineDisk } from '../support/engine-disk.ts';
import { type EngineProxy, startEngineProxy } from '../support/engine-proxy.ts';
import { type Before, expectWhole, lookBefore, startBystander } from '../support/invariants.ts';
import { answerOf, type CommandResult, Lab, until } from '../support/lab.ts';
import { IS_LONG } from '../support/long-run.ts';

const PROXY_SOCKET = '/run/refreshd-sandbox/full-disk.sock';
const ANSWERS = { url: 'http://127.0.0.1:18080/health', old: '200 /health 1', new: '200 /health 2' };
const disk = engineDisk();

let lab: Lab;
let proxy: EngineProxy;
let before: Before;
let startedAt: string;
beforeAll(async () => {
  lab = await Lab.open();
  proxy = await startEngineProxy(lab.socket, PROXY_SOCKET);
});
beforeEach(async () => {
  await lab.clear();
  await lab.publish({ version: '1' });
  await lab.pull();
  await startBystander(lab);
  await lab.run('app', {
    StopTimeout: 1,
    Volumes: { '/data': {} },
    HostConfig: {
      PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] },
      RestartPolicy: { Name: 'unless-stopped' },
    },
  });
  await until('version 1 answers', async () => (await answerOf(ANSWERS.url)) === ANSWERS.old);
  before = await lookBefore(lab, 'app');
  startedAt = (await lab.inspect('app')).State.StartedAt;
});
afterEach(() => {
  proxy.watch = undefined;
  disk.free();
});
afterAll(async () => {
  await proxy.close();
  await lab.close();
});

const TAG = /^POST \/images\/.+\/tag/;
const CREATE = /^POST \/containers\/create/;
const ARM = /^POST \/containers\/\w+\/update/;
const STOP = /^POST \/containers\/\w+\/stop/;
const RENAME_NEW = /^POST \/containers\/\w+\/rename\?name=app$/;
const START = /^POST \/containers\/\w+\/start/;

/** The disk is full from the first call on that fits; with `for ever`, whatever is freed is taken at once. */
async function runFullAfter(fits: RegExp, how: 'once' | 'for ever' = 'once'): Promise<CommandResult> {
  let isFull = false;
  proxy.watch = async ({ method, path }) => {
    const isNow = fits.test(`${method} ${path}`) && !isFull;
    isFull ||= isNow;
    if (isNow || (isFull && how === 'for ever')) disk.fill();
  };
  const result = await lab.refreshd(['run'], { DOCKER_HOST: `unix://${PROXY_SOCKET}` });
  expect(isFull, 'the disk ran full').toBe(true);
  return result;
}

function used(): number {
  const { bsize, blocks, bfree } = statfsSync(disk.folder);
  return (blocks - bfree) * bsize;
}

const FULL = 'no space left on device';
const REMEDY = "Free some room on the engine's disk (docker system df shows what takes it)";

async function expectNeverStopped(): Promise<void> {
  expect(await expectWhole(lab, before, ANSWERS)).toBe('old');
  expect((await lab.inspect('app')).State.StartedAt, 'it went on all along').toBe(startedAt);
}

it('a pull that does not fit changes nothing, leaves nothing, and is made up for when there is room', async () => {
  await lab.publish({ version: '2', weight: 3e6 });
  const taken = used();
  disk.fill(1e6);
  const { code, stdout } = await lab.refreshd(['run']);
  expect([code, stdout]).toEqual([1, expect.stringMatching(/^app\tfailed\t.*The engine could not pull/)]);
  expect(stdout).toContain(FULL);
  expect(stdout).toContain(REMEDY);
  await expectNeverStopped();
  expect(used() - taken, 'bytes of a partial image').toBeLessThan(500_000);
  disk.free();
  expect((await lab.refreshd(['run'])).stdout).toMatch(/^app\tupdated\t/);
  expect(await expectWhole(lab, before, ANSWERS)).toBe('new');
});

describe('full before anything is stopped', () => {
  // Engine 20.10 forgets an image's name though it could not write that down: then nobody can know the image.
  it.each([
    ['when the new one is to be made', TAG, true],
    ['when the old one is to be armed', CREATE, false],
  ] as const)('%s: the old one goes on all along', async (_, fits, deniedImage) => {
    await lab.publish({ version: '2' });
    const { code, stdout } = await runFullAfter(fits);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^app\tfailed\t/)]);
    expect(stdout).toContain(`${FULL} (HTTP 500). ${REMEDY}`);
    expect((await lab.inspect('app')).State.StartedAt, 'it went on all along').toBe(startedAt);
    disk.free();
    await lab.refreshd(['recover']);
    expect(await expectWhole(lab, before, ANSWERS, { deniedImage })).toBe('old');
    expect((await lab.refreshd(['run'])).stdout).toMatch(/^app\tupdated\t/);
  });
});

describe('full once the old one is stopped', () => {
  const PLACES: readonly (readonly [string, RegExp])[] = [
    ['before the stop', ARM],
    ['before the renames', STOP],
    ['before the new one starts', RENAME_NEW],
  ];

  it.each(IS_LONG ? PLACES : PLACES.slice(2))(
    '%s: what was made for the update makes room for the old one',
    async (_, fits) => {
      await lab.publish({ version: '2' });
      const { code, stdout } = await runFullAfter(fits);
      expect([code, stdout]).toEqual([1, expect.stringMatching(/^app\trolled-back\t/)]);
      expect(stdout).toContain(FULL);
      expect(await expectWhole(lab, before, ANSWERS)).toBe('old');
      disk.free();
      expect((await lab.refreshd(['run'])).stdout, 'the image is not to blame').toMatch(/^app\tupdated\t/);
    },
  );

  it('goes back from an image that fills the disk itself', async () => {
    const greedy = ['sh', '-c', 'dd if=/dev/zero of=/everything bs=64k; exit 5'];
    await lab.publish({ version: '2', config: { Cmd: greedy } });
    disk.fill(8e6);
    const { code, stdout } = await lab.refreshd(['run']);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^app\trolled-back\t.*exit code 5/)]);
    expect(await expectWhole(lab, before, ANSWERS)).toBe('old');
    expect((await lab.refreshd(['run'])).stdout).toMatch(/^app\trejected\t/);
  });

  it('asks for a person where nothing makes room, and is whole once somebody has', async () => {
    await lab.publish({ version: '2' });
    const { code, stdout } = await runFullAfter(RENAME_NEW, 'for ever');
    expect([code, stdout]).toEqual([3, expect.stringMatching(/^app\trollback-failed\t/)]);
    expect(stdout).toContain(`${REMEDY} (attempt 1 of 3). By hand: docker `);
    expect(stdout).toMatch(/docker start [0-9a-f]{12}.*; then: refreshd recover\n$/);
    proxy.watch = undefined;
    disk.free();
    expect((await lab.refreshd(['recover'])).stdout).toMatch(/^app\trolled-back\t/);
    expect(await expectWhole(lab, before, ANSWERS)).toBe('old');
  });
});

it('full once the new one serves: it is kept, and tidied up after when there is room', async () => {
  await lab.publish({ version: '2' });
  const { code, stdout } = await runFullAfter(START);
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(/^app\tupdated\t.*tidying up is left to the next run/),
  ]);
  expect(await answerOf(ANSWERS.url)).toBe(ANSWERS.new);
  disk.free();
  expect((await lab.refreshd(['run'])).code).toBe(0);
  expect(await expectWhole(lab, before, ANSWERS)).toBe('new');
});
