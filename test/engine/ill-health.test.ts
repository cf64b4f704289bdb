import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerOf, Lab, resultOf, until } from '../support/lab.ts';
import { everyNth } from '../support/long-run.ts';
import { followMemory } from '../support/peak-memory.ts';
import type { ServiceOptions } from '../support/service-image.ts';

const HEALTH = 'http://127.0.0.1:18080/health';
const PORT = { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] };
const SOON = { REFRESHD_STABLE_FOR: '1s', REFRESHD_HEALTH_TIMEOUT: '1s' };
const answers = (version: string) =>
  until(`version ${version} answers`, async () => (await answerOf(HEALTH)) === `200 /health ${version}`);

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
  await lab.clear();
  await lab.publish({ version: '1' });
  await lab.pull();
});
afterAll(() => lab.close());

describe('one that never becomes well', () => {
  let old: string;
  let image: string;
  beforeAll(async () => {
    old = await lab.run('app', {
      StopTimeout: 1,
      HostConfig: {
        PortBindings: PORT,
        RestartPolicy: { Name: 'always' },
        Memory: 100e6,
        MemorySwap: 100e6,
      },
    });
    image = (await lab.inspect(old)).Image;
    await answers('1');
  });

  const second = 1e9;
  const hanging = { Test: ['CMD', 'sleep', '3600'], Interval: second / 2, Timeout: second, Retries: 1 };
  const ILL: readonly (readonly [string, Omit<ServiceOptions, 'version'>, RegExp])[] = [
    ['redirects', { behaviour: 'redirects' }, /GET \/health on port 18080 answered HTTP 302/],
    ['an endless body', { behaviour: 'endless' }, /failed: 127\.0\.0\.1:18080 did not answer within 5 s/],
    ['slow headers', { behaviour: 'slow' }, /failed: 127\.0\.0\.1:18080 did not answer within 5 s/],
    ['closes early', { behaviour: 'closes' }, /failed: 127\.0\.0\.1:18080 broke off the answer/],
    ['flaps', { behaviour: 'flaps' }, /not healthy after 1\.0 s: GET \/health on port 18080 answered HTTP/],
    ['nothing listens', { behaviour: 'silent' }, /failed: 127\.0\.0\.1:18080 (refuses|broke off)/],
    ['ends without error', { behaviour: 'ends' }, /it stopped by itself \(exit code 0\)/],
    ['wants more memory', { behaviour: 'swells' }, /it was killed for want of memory/],
    ['a check that hangs', { config: { Healthcheck: hanging } }, /HEALTHCHECK says unhealthy: .*timeout/],
  ];

  it.each(everyNth(2, ILL))('%s', async (_, options, says) => {
    const { digest } = await lab.publish({ version: '2', ...options });
    const { code, stdout } = await lab.refreshd(['run'], SOON);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^app\trolled-back\t/)]);
    expect(stdout).toMatch(says);
    await answers('1');
    const now = await lab.inspect('app');
    expect([now.Id, now.Image, now.HostConfig.RestartPolicy.Name]).toEqual([old, image, 'always']);
    expect(await lab.names()).toEqual(['app']);
    expect(await lab.imageId()).toBe(image);
    expect(readFileSync(join(lab.home, 'state/rejected.json'), 'utf8'), 'it is condemned').toContain(digest);
  });

  it('takes one whose answer is good, of any size, and reads little of it', async () => {
    await lab.publish({ version: '3', behaviour: 'huge' });
    const child = lab.spawn(['run'], SOON);
    const peak = followMemory(child);
    const { code, stdout } = await resultOf(child);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^app\tupdated\t/)]);
    expect(peak()).toBeGreaterThan(20e6);
    expect(peak()).toBeLessThan(200e6);
  });
});

it('does not go to and fro where the old one cannot come back either', async () => {
  await lab.api('DELETE', '/containers/app?force=1');
  const cmd = (script: string) => ({ config: { Cmd: ['sh', '-c', script] } });
  await lab.publish({ version: '1', ...cmd('[ -e /data/migrated ] && exit 7; exec /bin/start') });
  await lab.pull();
  const old = await lab.run('app', {
    StopTimeout: 1,
    Volumes: { '/data': {} },
    HostConfig: { PortBindings: PORT },
  });
  await answers('1');
  await lab.publish({ version: '2', ...cmd('touch /data/migrated; exit 3') });
  for (const attempt of [1, 2, 3, 3]) {
    const { code, stdout } = await lab.refreshd(['run'], SOON);
    expect([code, stdout]).toEqual([3, expect.stringMatching(/^app\trollback-failed\t.*exit code 3/)]);
    expect(stdout).toContain(`(attempt ${attempt} of 3). By hand: `);
    if (attempt < 3) expect(stdout).toContain('going back failed: it stopped by itself (exit code 7)');
  }
  const names = await lab.names();
  expect(names).toEqual(['app', expect.stringMatching(/^app\.refreshd-\w+\.new$/)]);
  expect((await lab.inspect('app')).Id).toBe(old);
  expect((await lab.inspect(names[1] ?? '')).State.ExitCode, 'it was started once only').toBe(3);
  const [{ Name: volume }] = (await lab.api('GET', '/volumes')).body.Volumes;
  await lab.run('person', {
    Cmd: ['sh', '-c', 'exec /bin/busybox rm /data/migrated'],
    HostConfig: { Binds: [`${volume}:/data`] },
  });
  await until('a person has put that right', async () => !(await lab.inspect('person')).State.Running);
  await lab.api('DELETE', '/containers/person');
  expect((await lab.refreshd(['recover'], SOON)).stdout).toMatch(/^app\trolled-back\t/);
  await answers('1');
  expect(await lab.names()).toEqual(['app']);
});
