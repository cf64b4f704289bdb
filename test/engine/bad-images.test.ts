import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { answerOf, Lab, until } from '../support/lab.ts';
import { everyNth } from '../support/long-run.ts';
import type { ServiceOptions } from '../support/service-image.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
beforeEach(async () => {
  await lab.clear();
  await lab.publish({ version: '1', healthcheck: true });
  await lab.pull();
  await lab.run('app', {
    HostConfig: {
      PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] },
      RestartPolicy: { Name: 'unless-stopped' },
    },
    Volumes: { '/data': {} },
  });
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
});
afterAll(() => lab.close());

const HEALTH = 'http://127.0.0.1:18080/health';
const STABLE = { REFRESHD_STABLE_FOR: '4s', REFRESHD_HEALTH_TIMEOUT: '4s' };

const BAD: readonly (ServiceOptions & { readonly says: RegExp })[] = [
  { version: '2', behaviour: 'exits', says: /it stopped by itself \(exit code 3\)/ },
  { version: '2', behaviour: 'no-command', says: /could not start container .*\/bin\/missing/ },
  { version: '2', behaviour: 'unhealthy', says: /its HEALTHCHECK says unhealthy/ },
  { version: '2', behaviour: '500', says: /GET \/health on port 18080 answered HTTP 500/ },
  { version: '2', behaviour: 'dies', lifetime: 3, says: /it stopped by itself \(exit code 9\)/ },
];

it.each(everyNth(4, BAD))(
  'rolls back what $behaviour, does not try it again, and takes the next good one',
  async ({ says, ...bad }) => {
    const before = await lab.inspect('app');
    await lab.publish(bad);
    const result = await lab.refreshd(['run'], STABLE);
    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(/^app\trolled-back\t/);
    expect(await answerOf(HEALTH)).toBe('200 /health 1');

    const after = await lab.inspect('app');
    expect(after.Id).toBe(before.Id);
    expect(after.HostConfig.RestartPolicy).toEqual(before.HostConfig.RestartPolicy);
    expect(await lab.names()).toEqual(['app']);
    expect(await lab.imageId()).toBe(before.Image);
    expect((await lab.api('GET', '/images/json')).body).toHaveLength(1);
    expect((await lab.api('GET', '/volumes')).body.Volumes).toHaveLength(1);
    expect(lab.log()).toMatch(says);
    expect(lab.log()).toMatch(
      /error app: Rolled back: .+\. Running again: [0-9a-f]{12}, down for [\d.]+ s; [0-9a-f]{12} was not kept\./,
    );

    const again = await lab.refreshd(['run'], STABLE);
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(/^app\trejected\t/);
    expect(lab.log()).toMatch(/is still offered and still not taken/);
    expect((await lab.inspect('app')).Id).toBe(before.Id);

    await lab.publish({ version: '3', healthcheck: true });
    const good = await lab.refreshd(['run']);
    expect(good.code).toBe(0);
    expect(await answerOf(HEALTH)).toBe('200 /health 3');
  },
);

it('does not condemn a digest that could not cure what was ill before', async () => {
  await lab.publish({ version: '2', behaviour: '500' });
  const ill = { REFRESHD_HEALTH_TIMEOUT: '2s', REFRESHD_STABLE_FOR: '1s' };
  await lab.run('ill', { Labels: { 'refreshd.health.port': '9999' } });
  await lab.api('DELETE', '/containers/app?force=1');
  const first = await lab.refreshd(['run'], ill);
  expect(first.stdout).toMatch(/^ill\trolled-back\t/);
  expect((await lab.refreshd(['run'], ill)).stdout).toMatch(/^ill\trolled-back\t/);
});
