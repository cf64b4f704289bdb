import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EngineProxy, isChange, startEngineProxy } from '../support/engine-proxy.ts';
import { answerOf, Lab, resultOf, until } from '../support/lab.ts';
import type { Behaviour } from '../support/service-image.ts';

/*
 * What refreshd does for a user of Podman's Docker API. It runs on the engine `trixie-podman`, where no systemd is,
 * so that Podman runs no HEALTHCHECK: `/health` alone is the proof.
 */

let lab: Lab;
let proxy: EngineProxy;
beforeAll(async () => {
  lab = await Lab.open();
  proxy = await startEngineProxy(lab.socket, '/run/refreshd-sandbox/podman-proxy.sock');
});
beforeEach(() => lab.clear());
afterAll(async () => {
  await proxy.close();
  await lab.close();
});

const HEALTH = 'http://127.0.0.1:18080/health';
/** After a start that failed, Podman holds on to the port for up to two minutes. */
const PATIENCE = 300_000;
const PORT = { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] };

async function begin(body: Record<string, unknown> = {}): Promise<string> {
  await lab.publish({ version: '1' });
  await lab.pull();
  const { HostConfig = {}, ...more } = body;
  const id = await lab.run('app', {
    Volumes: { '/cache': {} },
    HostConfig: { PortBindings: PORT, RestartPolicy: { Name: 'unless-stopped' }, ...(HostConfig as object) },
    ...more,
  });
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
  return id;
}

/** Without what is another for every container, and the label that says where it comes from. */
// biome-ignore lint/suspicious/noExplicitAny: inspections are looked at freely in tests
function essence({ Id, Config, HostConfig, Mounts, NetworkSettings }: any): object {
  const { 'refreshd.rollout': _, 'org.opencontainers.image.version': __, ...labels } = Config.Labels;
  const madeUp = [`HOSTNAME=${Id.slice(0, 12)}`, 'APP_VERSION=1', 'APP_VERSION=2'];
  return {
    Env: Config.Env.filter((entry: string) => !madeUp.includes(entry)).sort(),
    ...{ labels, HostConfig: { ...HostConfig, Binds: HostConfig.Binds.toSorted() } },
    mounts: Mounts.map(({ Name, Destination }: Record<string, string>) => `${Name} ${Destination}`).sort(),
    ...{ User: Config.User, Cmd: Config.Cmd, StopSignal: Config.StopSignal, WorkingDir: Config.WorkingDir },
    aliases: Object.entries<{ Aliases: string[] }>(NetworkSettings.Networks)
      .map(([name, { Aliases }]) => [name, Aliases.filter(alias => !Id.startsWith(alias)).sort()])
      .sort(),
  };
}

it('takes a new image under the same tag, and nothing else changes', async () => {
  for (const Name of ['front', 'back']) await lab.api('POST', '/networks/create', { Name });
  await lab.api('POST', '/volumes/create', { Name: 'data' });
  await begin({
    Env: ['TOKEN=secret', 'APP_MODE=live'],
    Labels: { mine: 'yes' },
    User: '1000',
    HostConfig: {
      NetworkMode: 'front',
      Binds: ['data:/data'],
      Memory: 64_000_000,
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': 'size=1m' },
      CapAdd: ['NET_ADMIN'],
      ExtraHosts: ['db:192.0.2.9'],
    },
    NetworkingConfig: { EndpointsConfig: { front: { Aliases: ['web'] } } },
  });
  await lab.api('POST', '/networks/back/connect', { Container: 'app', EndpointConfig: { Aliases: ['api'] } });
  const old = await lab.inspect('app');
  await lab.publish({ version: '2' });
  expect((await lab.refreshd(['check'])).code).toBe(10);
  const run = await lab.refreshd(['run']);
  expect([run.stderr, run.code]).toEqual(['', 0]);
  expect(await answerOf(HEALTH)).toBe('200 /health 2');
  expect(await lab.names()).toEqual(['app']);
  const now = await lab.inspect('app');
  expect(now.Id).not.toBe(old.Id);
  expect(essence(now)).toEqual(essence(old));
  expect(now.Config.Env).toContain('APP_VERSION=2');
  expect((await lab.refreshd(['run'])).stdout).toMatch(/^app\tcurrent\t/);
});

it.each<[Behaviour, RegExp]>([
  ['exits', /it stopped by itself \(exit code 3\)/],
  ['no-command', /could not start container .*\/bin\/missing/],
  ['500', /GET \/health on port 18080 answered HTTP 500/],
])(
  'goes back from an image that %s, and takes the next good one',
  async (behaviour, says) => {
    const id = await begin();
    await lab.publish({ version: '2', behaviour });
    const bad = await lab.refreshd(['run'], { REFRESHD_HEALTH_TIMEOUT: '3s' });
    expect(bad.stdout).toMatch(/^app\trolled-back\t/);
    expect(bad.code).toBe(1);
    expect(lab.log()).toMatch(says);
    expect([(await lab.inspect('app')).Id, await lab.names()]).toEqual([id, ['app']]);
    expect(await answerOf(HEALTH)).toBe('200 /health 1');
    expect((await lab.inspect('app')).HostConfig.RestartPolicy.Name).toBe('unless-stopped');
    expect((await lab.refreshd(['run'])).stdout).toMatch(/^app\trejected\t/);
    await lab.publish({ version: '3' });
    expect((await lab.refreshd(['run'])).code).toBe(0);
    expect(await answerOf(HEALTH)).toBe('200 /health 3');
  },
  PATIENCE,
);

it('goes back by hand, and keeps one old image', async () => {
  await begin();
  const before = await lab.inspect('app');
  for (const version of ['2', '3']) {
    await lab.publish({ version });
    expect((await lab.refreshd(['run'])).code).toBe(0);
  }
  const { body } = await lab.api('GET', '/images/json');
  expect(body).toHaveLength(2);
  const back = await lab.refreshd(['rollback', 'app']);
  expect([back.stderr, back.code]).toEqual(['', 0]);
  expect(await answerOf(HEALTH)).toBe('200 /health 2');
  expect((await lab.inspect('app')).Mounts).toEqual(before.Mounts);
});

describe.each(['good', 'exits'] as const)(
  'killed in the middle of a rollout of an image that is %s',
  behaviour => {
    it.each([0, 2, 4, 6, 8])('at change %i, it leaves what recovers to one whole state', async index => {
      await begin();
      const volume = (await lab.inspect('app')).Mounts[0].Name;
      await lab.publish({ version: '2', behaviour });
      const child = lab.spawn(['run'], { DOCKER_HOST: `unix://${proxy.socket}` });
      let changes = 0;
      proxy.spoil = call => {
        if (!isChange(call) || changes++ !== index) return undefined;
        return { kind: 'tell', when: 'after', tell: () => child.kill('SIGKILL') };
      };
      expect((await resultOf(child)).code).toBe(null);
      proxy.spoil = undefined;
      expect((await lab.refreshd(['recover'])).stderr).toBe('');
      expect(await lab.names()).toEqual(['app']);
      expect(await answerOf(HEALTH)).toMatch(
        behaviour === 'good' ? /^200 \/health [12]$/ : /^200 \/health 1$/,
      );
      expect((await lab.inspect('app')).Mounts[0].Name).toBe(volume);
      expect((await lab.inspect('app')).HostConfig.RestartPolicy.Name).toBe('unless-stopped');
      expect((await lab.refreshd(['recover'])).stdout).toBe('No rollout was left unfinished.\n');
    });
  },
);

it('makes what shares a network anew with it', async () => {
  await begin();
  await lab.publish({ version: '1' }, 'tool');
  await lab.pull(lab.reference('tool'));
  const tool = await lab.run('tool', {
    Image: lab.reference('tool'),
    Cmd: ['sleep', '3600'],
    HostConfig: { NetworkMode: 'container:app' },
  });
  await lab.publish({ version: '2' });
  expect((await lab.refreshd(['run', 'app'])).code).toBe(0);
  const [app, now] = [await lab.inspect('app'), await lab.inspect('tool')];
  expect(now.Id).not.toBe(tool);
  expect(now.HostConfig.NetworkMode).toBe(`container:${app.Id}`);
});

it('leaves alone what systemd owns, and says why', async () => {
  const id = await begin({ Labels: { PODMAN_SYSTEMD_UNIT: 'app.service' } });
  await lab.publish({ version: '2' });
  const { stdout } = await lab.refreshd(['check', '--json']);
  expect(JSON.parse(stdout).containers[0]).toMatchObject({
    outcome: 'skipped',
    reason: 'owned by systemd (Quadlet): stopping it would remove it',
  });
  expect((await lab.inspect('app')).Id).toBe(id);
});
