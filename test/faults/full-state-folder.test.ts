import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { Disk } from '../support/engine-disk.ts';
import { type EngineProxy, startEngineProxy } from '../support/engine-proxy.ts';
import { type Before, expectWhole, lookBefore, startBystander } from '../support/invariants.ts';
import { answerOf, type CommandResult, Lab, until } from '../support/lab.ts';

const PROXY_SOCKET = '/run/refreshd-sandbox/full-state.sock';
const ANSWERS = { url: 'http://127.0.0.1:18080/health', old: '200 /health 1', new: '200 /health 2' };
const ROOMY = 64 * 1024;

let lab: Lab;
let proxy: EngineProxy;
let disk: Disk;
let before: Before;
let startedAt: string;
beforeAll(async () => {
  lab = await Lab.open();
  proxy = await startEngineProxy(lab.socket, PROXY_SOCKET);
});
beforeEach(async () => {
  await lab.clear();
  disk = new Disk(join(lab.home, 'state'));
  disk.mount(ROOMY);
  await lab.publish({ version: '1' });
  await lab.pull();
  await startBystander(lab);
  await lab.run('app', {
    StopTimeout: 1,
    HostConfig: {
      PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] },
      RestartPolicy: { Name: 'unless-stopped' },
    },
  });
  await until('version 1 answers', async () => (await answerOf(ANSWERS.url)) === ANSWERS.old);
  expect((await lab.refreshd(['run'])).code).toBe(0);
  before = await lookBefore(lab, 'app');
  startedAt = (await lab.inspect('app')).State.StartedAt;
});
afterEach(() => {
  proxy.watch = undefined;
  disk.unmount();
});
afterAll(async () => {
  await proxy.close();
  await lab.close();
});

async function runFullAfter(fits: RegExp): Promise<CommandResult> {
  let isFull = false;
  proxy.watch = async ({ method, path }) => {
    if (isFull || !fits.test(`${method} ${path}`)) return;
    isFull = true;
    disk.fill();
  };
  const result = await lab.refreshd(['run'], {
    DOCKER_HOST: `unix://${PROXY_SOCKET}`,
    REFRESHD_HEALTH_TIMEOUT: '5s',
  });
  expect(isFull, 'the state folder ran full').toBe(true);
  return result;
}

const FULL = /cannot be written \(ENOSPC\)\. The disk is full: free some room/;

it.each([
  ['when the run begins', /^GET \/info/],
  ['when all is prepared', /^POST \/containers\/create/],
])('full %s: no update, and nothing is ever stopped', async (_, fits) => {
  await lab.publish({ version: '2' });
  const { code, stdout } = await runFullAfter(fits);
  expect([code, stdout]).toEqual([1, expect.stringMatching(/^app\tfailed\t/)]);
  expect(stdout).toMatch(FULL);
  expect(await expectWhole(lab, before, ANSWERS)).toBe('old');
  expect((await lab.inspect('app')).State.StartedAt, 'it went on all along').toBe(startedAt);
  disk.free(ROOMY);
  expect((await lab.refreshd(['run'])).stdout).toMatch(/^app\tupdated\t/);
});

it('full while switching: what is proven is kept, and what could not be written down is said', async () => {
  await lab.publish({ version: '2' });
  const { code, stdout } = await runFullAfter(/^POST \/containers\/\w+\/stop/);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^app\tupdated\t/)]);
  expect(lab.log()).toMatch(/error .*history\.jsonl cannot be written \(ENOSPC\)/);
  expect(await expectWhole(lab, before, ANSWERS)).toBe('new');
  expect((await lab.refreshd(['run'])).stdout).toMatch(/^app\tcurrent\t/);
});

it('full while a bad image is watched: the old one is put back all the same', async () => {
  await lab.publish({ version: '2', behaviour: '500' });
  const { code, stdout } = await runFullAfter(/^POST \/containers\/\w+\/start/);
  expect([code, stdout]).toEqual([1, expect.stringMatching(/^app\trolled-back\t.*HTTP 500/)]);
  expect(lab.log()).toMatch(/error .*rejected\.json cannot be written \(ENOSPC\)/);
  expect(await expectWhole(lab, before, ANSWERS)).toBe('old');
  expect(readdirSync(disk.folder).filter(name => name.endsWith('.tmp'))).toEqual([]);
});
