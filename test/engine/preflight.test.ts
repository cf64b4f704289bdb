import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildBenchService } from '../bench/bench-service.ts';
import { attachments, volumeNames } from '../support/invariants.ts';
import { answerOf, Lab, resultOf, until } from '../support/lab.ts';
import { startLoad } from '../support/load.ts';
import { publish } from '../support/publish.ts';
import type { Behaviour } from '../support/service-image.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
beforeEach(() => lab.clear());
afterAll(() => lab.close());

const HEALTH = 'http://127.0.0.1:18080/health';
const PORT = { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] };
const ON = { 'refreshd.preflight': 'on' };
const FOUND = '(found in preflight; the old one kept running throughout)';

/** Everything on the engine that a copy could leave behind or change. */
async function footprint() {
  const { Id, State, HostConfig } = await lab.inspect('app');
  const { body: images } = await lab.api('GET', '/images/json');
  return {
    app: [Id, State.StartedAt, HostConfig.RestartPolicy],
    names: await lab.names(),
    volumes: await volumeNames(lab),
    images: images.map(({ Id, RepoTags, RepoDigests }: Record<string, unknown>) => [
      Id,
      RepoTags,
      RepoDigests,
    ]),
    networks: await attachments(lab),
    tag: await lab.imageId(),
    journal: readdirSync(join(lab.home, 'state/rollouts')),
  };
}

/** The copy, as soon as it runs. */
async function untilCopyRuns() {
  // biome-ignore lint/suspicious/noExplicitAny: looked at freely
  let copy: any;
  await until('the copy runs', async () => {
    const name = (await lab.names()).find(each => each.endsWith('.preflight'));
    copy = name === undefined ? undefined : await lab.inspect(name);
    return copy?.State?.Running === true;
  });
  return copy;
}

async function runVersion1(body: Record<string, unknown> = {}, host: Record<string, unknown> = {}) {
  await lab.publish({ version: '1' });
  await lab.pull();
  await lab.run('app', {
    Labels: ON,
    Volumes: { '/data': {} },
    ...body,
    HostConfig: { PortBindings: PORT, RestartPolicy: { Name: 'always' }, ...host },
  });
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
  await lab.refreshd(['run']);
}

it('refuses five broken versions, one after the other, without one request lost, and takes the next', async () => {
  for (const Name of ['front', 'back']) await lab.api('POST', '/networks/create', { Name });
  await publish(lab.registry, 'app', 'latest', await buildBenchService('1', 'obeys'));
  await lab.pull();
  await lab.run(
    'app',
    {
      Labels: ON,
      Volumes: { '/data': {} },
      HostConfig: { NetworkMode: 'front', PortBindings: PORT, RestartPolicy: { Name: 'unless-stopped' } },
      NetworkingConfig: { EndpointsConfig: { front: { Aliases: ['web'] } } },
    },
    false,
  );
  await lab.api('POST', '/networks/back/connect', { Container: 'app' });
  await lab.api('POST', '/containers/app/start');
  await until('version 1 answers', async () => (await answerOf(HEALTH))?.startsWith('200') === true);
  expect((await lab.refreshd(['run'])).code).toBe(0);
  const before = await footprint();
  const load = startLoad(HEALTH);

  const BROKEN: readonly (readonly [Behaviour, string, string])[] = [
    ['exits', '1s', 'it stopped by itself (exit code 3)'],
    ['no-command', '1s', 'could not start container'],
    ['unhealthy', '1s', 'its HEALTHCHECK says unhealthy'],
    ['500', '1s', 'answered HTTP 500'],
    ['dies', '12s', 'it stopped by itself (exit code 9)'],
  ];
  for (const [index, [behaviour, stableFor, says]] of BROKEN.entries()) {
    const { digest } = await lab.publish({ version: String(index + 3), behaviour });
    const { code, stdout } = await lab.refreshd(['run'], { REFRESHD_STABLE_FOR: stableFor });
    expect([behaviour, code, stdout]).toEqual([behaviour, 1, expect.stringMatching(/^app\tfailed\t/)]);
    expect(stdout).toContain(says);
    expect(stdout).toContain(FOUND);
    const line = lab
      .log()
      .split('\n')
      .findLast(each => each.includes(FOUND));
    expect(line).toMatch(/Not updated: .*\. It stays on [0-9a-f]{12}; [0-9a-f]{12} is not tried again\.$/);
    expect(readFileSync(join(lab.home, 'state/rejected.json'), 'utf8')).toContain(digest);
    expect(await footprint()).toEqual(before);
    const again = await lab.refreshd(['run']);
    expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(/^app\trejected\t/)]);
  }
  const lost = await load.stop();
  process.stdout.write(
    `preflight: ${load.asked()} requests while five versions were refused, ${lost.length} lost\n`,
  );
  expect(lost).toEqual([]);
  expect(load.asked()).toBeGreaterThan(2000);

  await publish(lab.registry, 'app', 'latest', await buildBenchService('8', 'obeys'));
  expect((await lab.refreshd(['run'])).stdout).toMatch(/^app\tupdated\t/);
  const after = await footprint();
  expect((await lab.inspect('app')).Config.Labels['org.opencontainers.image.version']).toBe('8');
  const { names, volumes, networks, journal } = before;
  expect(after).toMatchObject({ names, volumes, networks, journal });
  expect(after.app[0]).not.toBe(before.app[0]);
}, 900_000);

describe('the copy', () => {
  const LONG = { REFRESHD_STABLE_FOR: '60s' };

  it('has nothing of which there is only one, and nothing that others would find it by', async () => {
    await lab.api('POST', '/networks/create', {
      Name: 'front',
      IPAM: { Config: [{ Subnet: '172.30.0.0/24' }] },
    });
    await lab.api('POST', '/volumes/create', { Name: 'named' });
    await lab.api('POST', '/volumes/create', { Name: 'keys' });
    await runVersion1(
      {
        Hostname: 'web',
        Env: ['MODE=live'],
        Labels: {
          ...ON,
          'com.docker.compose.project': 'stack',
          'com.docker.compose.service': 'app',
          route: 'x',
        },
        NetworkingConfig: {
          EndpointsConfig: { front: { Aliases: ['app'], IPAMConfig: { IPv4Address: '172.30.0.9' } } },
        },
      },
      {
        NetworkMode: 'front',
        ReadonlyRootfs: true,
        Memory: 64_000_000,
        Binds: ['named:/named', 'keys:/keys:ro', '/tmp:/host', '/etc/hostname:/etc/host:ro'],
      },
    );
    const before = await footprint();
    await lab.publish({ version: '2', config: { Volumes: { '/fresh': {} } } });
    const child = lab.spawn(['run'], LONG);
    const ended = resultOf(child);
    const copy = await untilCopyRuns();
    const app = await lab.inspect('app');
    expect(copy.HostConfig).toMatchObject({
      PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
      RestartPolicy: { Name: 'no' },
      ReadonlyRootfs: true,
      Memory: 64_000_000,
      Binds: ['keys:/keys:ro', '/etc/hostname:/etc/host:ro'],
    });
    expect(copy.NetworkSettings.Ports['8080/tcp'][0].HostPort).not.toBe('18080');
    expect(Object.keys(copy.Config.Labels).sort()).toEqual([
      'org.opencontainers.image.version',
      'refreshd.rollout',
    ]);
    expect([copy.Config.Env[0], copy.Config.Hostname]).toEqual(['MODE=live', copy.Id.slice(0, 12)]);
    expect(copy.NetworkSettings.Networks.front.Aliases ?? []).not.toContain('app');
    expect(copy.NetworkSettings.Networks.front.IPAddress).not.toBe('172.30.0.9');
    const of = (container: typeof copy) =>
      new Map<string, string>(
        container.Mounts.map((each: Record<string, string>) => [
          each['Destination'],
          each['Name'] ?? each['Source'],
        ]),
      );
    expect([...of(copy).keys()].sort()).toEqual(['/data', '/etc/host', '/fresh', '/keys', '/named']);
    const shared = [...of(copy)].filter(([path, name]) => of(app).get(path) === name).map(([path]) => path);
    expect(shared.sort()).toEqual(['/etc/host', '/keys']);
    expect(await volumeNames(lab)).toHaveLength(before.volumes.length + 3);

    child.kill('SIGTERM');
    const { code, stdout } = await ended;
    expect([code, stdout]).toEqual([1, expect.stringContaining('interrupted before anything was stopped')]);
    expect(await footprint()).toEqual(before);
  });

  it('is found and taken away after a kill, with its volumes, though nothing else is known of it any more', async () => {
    await runVersion1();
    await lab.publish({ version: '2' });
    for (const isForgotten of [false, true]) {
      const before = await footprint();
      const child = lab.spawn(['run'], LONG);
      const ended = resultOf(child);
      await untilCopyRuns();
      child.kill('SIGKILL');
      await ended;
      if (isForgotten)
        for (const file of readdirSync(join(lab.home, 'state/rollouts')))
          rmSync(join(lab.home, 'state/rollouts', file));
      expect((await lab.refreshd(['recover'])).code).toBe(1);
      const { images, ...rest } = await footprint();
      const { images: imagesBefore, ...restBefore } = before;
      expect(rest).toEqual(restBefore);
      // Whether we brought the image is known to the journal alone.
      if (!isForgotten) expect(images).toEqual(imagesBefore);
    }
  });
});

describe('a preflight that shows nothing', () => {
  it('does not condemn an image for what a copy has to do without, and goes on', async () => {
    const Cmd = ['sh', '-c', '[ -e /conf/mounts ] || exit 4; exec /bin/start'];
    await runVersion1({ Cmd }, { Binds: ['/proc/self:/conf'] });
    await lab.publish({ version: '2' });
    const { code, stdout } = await lab.refreshd(['run']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^app\tupdated\t/)]);
    expect(lab.log()).toContain(
      'The preflight shows nothing, so it goes on without: it stopped by itself (exit code 4); as a copy the image that runs fails too: it stopped by itself (exit code 4).',
    );
    await lab.publish({ version: '3', behaviour: '500' });
    expect((await lab.refreshd(['run'])).stdout).toMatch(/^app\trolled-back\t/);
    expect(await answerOf(HEALTH)).toBe('200 /health 2');
    expect(await lab.names()).toEqual(['app']);
    expect(await volumeNames(lab)).toHaveLength(1);
  });

  it('is not tried where it cannot be, and that is said', async () => {
    await runVersion1({ Labels: { ...ON, 'refreshd.health.url': HEALTH } });
    await lab.publish({ version: '2' });
    const why = 'no preflight, since label refreshd.health.url names an address where the old one answers';
    expect((await lab.refreshd(['check'])).stdout).toContain(why);
    expect((await lab.refreshd(['run'])).stdout).toMatch(/^app\tupdated\t/);
    expect(lab.log()).toContain(`Not as its labels ask: ${why}.`);
  }, 240_000);
});

it('prints its steps, and is one of the first of a set alone', async () => {
  await runVersion1();
  await lab.run('side', {
    Labels: ON,
    Cmd: ['sleep', '3600'],
    StopTimeout: 0,
    HostConfig: { NetworkMode: 'container:app' },
  });
  await lab.publish({ version: '2' });
  const { stdout } = await lab.refreshd(['check', '--plan']);
  expect(stdout).toMatch(
    /2\. pull .+\n +3\. create app\.refreshd-\w+\.preflight .+\n +4\. compare .+\n +5\. start .+\n +6\. verify .+\n +7\. stop .+\n +8\. remove .+ and the volumes made for it .+\n +9\. tag/,
  );
  expect((await lab.refreshd(['run'])).stdout).toMatch(/^app\tupdated\t/m);
  expect(lab.log()).toContain('Not as its labels ask: no preflight, since it uses the network of app.');
  expect(await lab.names()).toEqual(['app', 'side']);
}, 240_000);
