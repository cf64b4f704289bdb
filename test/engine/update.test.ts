import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { buildImage, buildLayer } from '../support/image.ts';
import { answerOf, Lab, until } from '../support/lab.ts';
import { publishIndex } from '../support/publish.ts';
import { buildService } from '../support/service-image.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
beforeEach(() => lab.clear());
afterAll(() => lab.close());

const PORT = { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] };
const HEALTH = 'http://127.0.0.1:18080/health';
const SERVICE = { HostConfig: { PortBindings: PORT, RestartPolicy: { Name: 'unless-stopped' } } };

async function runVersion1(body: Record<string, unknown> = SERVICE): Promise<string> {
  await lab.publish({ version: '1' });
  await lab.pull();
  const id = await lab.run('app', body);
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
  return id;
}

it('takes a new image under the same tag, and nothing else changes', async () => {
  await lab.api('POST', '/networks/create', {
    Name: 'front',
    IPAM: { Config: [{ Subnet: '172.30.0.0/24' }] },
  });
  await lab.api('POST', '/networks/create', { Name: 'back' });
  await lab.api('POST', '/volumes/create', { Name: 'data' });
  const before = await runVersion1({
    Env: ['TOKEN=secret', 'APP_MODE=live'],
    Labels: { mine: 'yes' },
    Volumes: { '/cache': {} },
    HostConfig: {
      ...SERVICE.HostConfig,
      NetworkMode: 'front',
      Binds: ['data:/data'],
      Memory: 64_000_000,
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': 'size=1m' },
    },
    NetworkingConfig: {
      EndpointsConfig: { front: { Aliases: ['web'], IPAMConfig: { IPv4Address: '172.30.0.9' } } },
    },
  });
  await lab.api('POST', '/networks/back/connect', {
    Container: 'app',
    EndpointConfig: { Aliases: ['service'] },
  });
  const old = await lab.inspect('app');
  await lab.publish({ version: '2' });

  const first = await lab.refreshd(['--run-now']);
  expect(first.stderr).toBe('');
  expect(first.code).toBe(0);
  expect(await answerOf(HEALTH)).toBe('200 /health 2');
  expect(await lab.names()).toEqual(['app']);

  const now = await lab.inspect('app');
  expect(now.Id).not.toBe(before);
  expect(now.HostConfig.RestartPolicy).toEqual(old.HostConfig.RestartPolicy);
  expect(now.HostConfig.PortBindings).toEqual(old.HostConfig.PortBindings);
  expect(now.HostConfig.Memory).toBe(old.HostConfig.Memory);
  expect(now.Config.Labels.mine).toBe('yes');
  expect(now.Config.Env).toEqual(['TOKEN=secret', 'APP_MODE=live', 'PATH=/bin', 'APP_VERSION=2']);
  expect(now.NetworkSettings.Networks.front.IPAMConfig).toEqual({ IPv4Address: '172.30.0.9' });
  expect(now.NetworkSettings.Networks.front.IPAddress).toBe('172.30.0.9');
  expect(now.NetworkSettings.Networks.front.Aliases).toContain('web');
  expect(now.NetworkSettings.Networks.back.Aliases).toContain('service');
  const mounts = (container: typeof now) =>
    container.Mounts.map(
      (mount: { Name: string; Destination: string }) => `${mount.Name} ${mount.Destination}`,
    ).sort();
  expect(mounts(now)).toEqual(mounts(old));

  lab.registry.forget();
  const linesBefore = lab.log().split('\n').length;
  const second = await lab.refreshd(['run']);
  expect(second.code).toBe(0);
  expect(lab.log().split('\n').length).toBe(linesBefore + 1);
  expect(lab.log()).toMatch(/1 container checked, all current \(1 registry request, [\d.]+ s\)\.\n$/);
  expect(lab.registry.manifestRequests()).toHaveLength(1);
  expect(lab.registry.requests).toHaveLength(1);
  expect((await lab.inspect('app')).Id).toBe(now.Id);
});

it('counts a container as outdated whose tag somebody else has pulled already', async () => {
  await runVersion1();
  await lab.publish({ version: '2' });
  await lab.pull();
  expect((await lab.refreshd(['check'])).code).toBe(10);
  expect((await lab.refreshd(['run'])).code).toBe(0);
  expect(await answerOf(HEALTH)).toBe('200 /health 2');
});

it('does not take an index for an update that changed for other platforms alone', async () => {
  const mine = await buildService({ version: '1' });
  const other = async (text: string) =>
    buildImage(
      [await buildLayer([{ path: 'other', content: text }])],
      {},
      { os: 'linux', architecture: 's390x' },
    );
  await publishIndex(lab.registry, 'app', 'latest', [mine, await other('one')]);
  await lab.pull();
  const id = await lab.run('app', SERVICE);
  await publishIndex(lab.registry, 'app', 'latest', [mine, await other('two')]);
  const result = await lab.refreshd(['run', '--json']);
  expect(JSON.parse(result.stdout).containers[0].outcome).toBe('current');
  expect((await lab.inspect('app')).Id).toBe(id);
});

it('skips what has no registry to ask, or another owner, or would lose something, with the reason', async () => {
  await runVersion1();
  const { Image: image } = await lab.inspect('app');
  await lab.api('POST', `/images/${image}/tag?repo=homemade&tag=1`);
  await lab.run('homemade', { Image: 'homemade:1' });
  const { body } = await lab.api('GET', `/images/${image}/json`);
  await lab.run('pinned', { Image: body.RepoDigests[0] });
  await lab.run('swarm-like', { Labels: { 'com.docker.swarm.task.id': 'x' } });
  await lab.run('quadlet-like', { Labels: { PODMAN_SYSTEMD_UNIT: 'x.service' } });
  await lab.run('paused');
  await lab.api('POST', '/containers/paused/pause');
  const report = JSON.parse((await lab.refreshd(['check', '--json'])).stdout);
  const outcomes = Object.fromEntries(
    report.containers.map((each: { name: string; outcome: string; reason?: string }) => [
      each.name,
      `${each.outcome}: ${each.reason ?? ''}`,
    ]),
  );
  expect(outcomes).toEqual({
    app: 'current: ',
    // The image store of containerd lists a digest for every name, so the registry has to be asked; there is none.
    homemade: body.Descriptor
      ? expect.stringMatching(/^unresolved: .*registry-1\.docker\.io/)
      : 'skipped: built or tagged here: it has no digest of that repository',
    pinned: 'skipped: pinned to a digest by its own reference',
    paused: 'skipped: paused: it would lose what it holds in memory',
    'quadlet-like': 'skipped: owned by systemd (Quadlet): stopping it would remove it',
    'swarm-like': 'skipped: a Swarm task: the engine replaces it by itself (docker service update)',
  });
});

it('does not take its registry’s image for one that was tagged here with a name of that registry', async () => {
  // A version that no other test gives to the registry under this name.
  await lab.publish({ version: '7' }, 'other');
  await lab.pull(lab.reference('other'));
  const { body } = await lab.api('GET', `/images/${lab.reference('other')}/json`);
  await lab.api('POST', `/images/${body.Id}/tag?repo=${lab.reference().replace(/:latest$/, '')}&tag=latest`);
  const id = await lab.run('app', SERVICE);
  await lab.publish({ version: '2' });
  const { containers } = JSON.parse((await lab.refreshd(['run', '--json'])).stdout);
  expect(containers[0]).toMatchObject({
    outcome: 'skipped',
    reason: expect.stringMatching(/^built or tagged here: /),
  });
  expect((await lab.inspect('app')).Id).toBe(id);
});

it('takes the next image although its registry does not have the old one any more', async () => {
  await runVersion1();
  expect((await lab.refreshd(['run'])).code).toBe(0);
  const { digest } = await lab.publish({ version: '2' });
  lab.registry.misbehave = (request, response) => {
    if (!request.url?.includes('sha256:') || request.url.includes(digest)) return false;
    if (!request.url.includes('/manifests/')) return false;
    response.writeHead(404).end();
    return true;
  };
  expect((await lab.refreshd(['run'])).code).toBe(0);
  expect(await answerOf(HEALTH)).toBe('200 /health 2');
});

it('leaves a stopped container stopped', async () => {
  await runVersion1();
  await lab.api('POST', '/containers/app/stop');
  await lab.publish({ version: '2' });
  expect((await lab.refreshd(['run'])).code).toBe(0);
  const now = await lab.inspect('app');
  expect(now.State.Running).toBe(false);
  await lab.api('POST', '/containers/app/start');
  await until('version 2 answers', async () => (await answerOf(HEALTH)) === '200 /health 2');
});

it('updates one that was made by a request without a host configuration, and never started', async () => {
  await lab.publish({ version: '1' });
  await lab.pull();
  const before = await lab.run('app', {}, false);
  await lab.publish({ version: '2' });
  const { code, stdout } = await lab.refreshd(['run']);
  expect(code, stdout).toBe(0);
  const now = await lab.inspect('app');
  expect(now.Id).not.toBe(before);
  expect(now.State.Status).toBe('created');
  expect(now.Image).toBe(await lab.imageId());
});

it('checks without changing anything, and prints the plan with its causes', async () => {
  const id = await runVersion1();
  await lab.publish({ version: '2' });
  const result = await lab.refreshd(['check', '--plan']);
  expect(result.code).toBe(10);
  expect(result.stdout).toMatch(
    /1\. pull .+ — .+\n +2\. tag .+ — .+\n +3\. create app\.refreshd-\w+\.new — .+\n +4\. compare/,
  );
  expect(result.stdout).toContain('GET /health on port 8080');
  expect((await lab.inspect('app')).Id).toBe(id);
  const { body: images } = await lab.api('GET', '/images/json');
  expect(images).toHaveLength(1);
});

it('asks once for each distinct reference, and one failure stays one', async () => {
  await runVersion1();
  await lab.publish({ version: '1' }, 'other');
  await lab.pull(lab.reference('other'));
  for (const name of ['app-b', 'app-c']) await lab.run(name);
  await lab.run('other', { Image: lab.reference('other') });
  lab.registry.forget();
  lab.registry.misbehave = (request, response) => {
    if (!request.url?.includes('/other/')) return false;
    response.writeHead(404).end();
    return true;
  };
  const report = JSON.parse((await lab.refreshd(['check', '--json'])).stdout);
  expect(
    report.containers.map(({ name, outcome }: { name: string; outcome: string }) => `${name} ${outcome}`),
  ).toEqual(['app current', 'app-b current', 'app-c current', 'other unresolved']);
  expect(lab.registry.manifestRequests()).toHaveLength(2);
});
