import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { updateRun } from '../../src/run/update-run.ts';
import { NOBODY, openInProcess } from '../support/in-process.ts';
import { answerOf, Lab, until } from '../support/lab.ts';
import { everyNth } from '../support/long-run.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
beforeEach(async () => {
  await lab.clear();
  await lab.publish({ version: '1' });
  await lab.pull();
  await lab.publish({ version: '1' }, 'tool');
  await lab.pull(lab.reference('tool'));
});
afterAll(() => lab.close());

const HEALTH = 'http://127.0.0.1:18080/health';
const PUBLISHED = { PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] } };
const ALWAYS = { RestartPolicy: { Name: 'always' } };
/** As the first process it takes no notice of SIGTERM. */
const SLEEP = { Cmd: ['sleep', '3600'], StopTimeout: 1 };

/** What a run said of each container. */
async function run(...args: string[]): Promise<Record<string, string>> {
  const { stdout } = await lab.refreshd(['run', ...args, '--json']);
  return Object.fromEntries(
    JSON.parse(stdout).containers.map(({ name, outcome, reason = '' }: Record<string, string>) => [
      name,
      `${outcome} ${reason}`.trim(),
    ]),
  );
}

const TIES: readonly (readonly [string, Record<string, unknown>])[] = [
  ['network', { NetworkMode: 'container:app' }],
  ['pid', { PidMode: 'container:app' }],
  ['ipc', { IpcMode: 'container:app' }],
  ['volumes', { VolumesFrom: ['app'] }],
  ['link', { Links: ['app:upstream'] }],
];

async function begin(tie: Record<string, unknown>): Promise<{ app: string; follower: string }> {
  const app = await lab.run('app', {
    Volumes: { '/data': {} },
    HostConfig: { ...PUBLISHED, ...ALWAYS, IpcMode: 'shareable' },
  });
  const follower = await lab.run('tool', {
    Image: lab.reference('tool'),
    ...SLEEP,
    HostConfig: { ...tie, ...ALWAYS },
  });
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
  return { app, follower };
}

describe.each(everyNth(2, TIES))('a container tied by %s', (kind, tie) => {
  it('is made anew along with the other, on its own image', async () => {
    const { app, follower } = await begin(tie);
    await lab.publish({ version: '2' });
    expect(await run()).toEqual({ app: 'updated', tool: 'updated made anew along with app' });
    const [now, tool] = [await lab.inspect('app'), await lab.inspect('tool')];
    expect([now.Id === app, tool.Id === follower]).toEqual([false, false]);
    expect(await lab.names()).toEqual(['app', 'tool']);
    expect([now.State.Running, tool.State.Running]).toEqual([true, true]);
    expect(tool.HostConfig.RestartPolicy.Name).toBe('always');
    expect(await answerOf(HEALTH)).toBe('200 /health 2');
    if (kind === 'link') expect(tool.HostConfig.Links).toEqual(['/app:/tool/upstream']);
    else if (kind === 'volumes') expect(tool.Mounts[0].Name).toBe(now.Mounts[0].Name);
    else expect(JSON.stringify(tool.HostConfig)).toContain(`container:${now.Id}`);
    expect(await run()).toEqual({ app: 'current', tool: 'current' });
  });
});

it.each(everyNth(3, TIES))(
  'one tied by %s goes back with the other where that is no good',
  async (_, tie) => {
    const { app, follower } = await begin(tie);
    await lab.publish({ version: '2', behaviour: 'exits' });
    const outcomes = await run();
    expect(outcomes['app']).toMatch(/^rolled-back it stopped by itself/);
    expect(outcomes['tool']).toMatch(/^rolled-back/);
    const [now, tool] = [await lab.inspect('app'), await lab.inspect('tool')];
    expect([now.Id, tool.Id]).toEqual([app, follower]);
    expect([now.State.Running, tool.State.Running]).toEqual([true, true]);
    expect(await lab.names()).toEqual(['app', 'tool']);
    expect(await answerOf(HEALTH)).toBe('200 /health 1');
    expect(await run()).toMatchObject({ tool: 'current' });
  },
);

it('replaces what is tied over several steps in one rollout, whether it is watched or not', async () => {
  await lab.run('app', { HostConfig: { ...PUBLISHED, ...ALWAYS } });
  const network = { Image: lab.reference('tool'), ...SLEEP, HostConfig: { NetworkMode: 'container:app' } };
  await lab.run('b-tool', { ...network, Labels: { 'refreshd.enable': 'false' } });
  await lab.run('a-tool', {
    Image: lab.reference('tool'),
    ...SLEEP,
    HostConfig: { PidMode: 'container:b-tool' },
  });
  await lab.publish({ version: '2' });
  await lab.publish({ version: '2' }, 'tool');
  expect(await run()).toEqual({
    app: 'updated',
    'a-tool': 'updated',
    'b-tool': 'updated made anew along with app',
  });
  const [app, tool, far] = [
    await lab.inspect('app'),
    await lab.inspect('b-tool'),
    await lab.inspect('a-tool'),
  ];
  expect(tool.HostConfig.NetworkMode).toBe(`container:${app.Id}`);
  expect(far.HostConfig.PidMode).toBe(`container:${tool.Id}`);
});

it('puts the tag back that the members of a set share', async () => {
  const old = await lab.imageId();
  await lab.run('app', { HostConfig: { ...PUBLISHED, ...ALWAYS } });
  await lab.run('tool', { ...SLEEP, HostConfig: { NetworkMode: 'container:app' } });
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
  await lab.publish({ version: '2', behaviour: 'exits' });
  expect(await run()).toMatchObject({ app: expect.stringMatching(/^rolled-back /) });
  expect(await lab.imageId()).toBe(old);
  const { body } = await lab.api('GET', '/images/json');
  // The tool's first version is the same image.
  expect(body.map(({ Id }: { Id: string }) => Id)).toEqual([old]);
});

it('leaves all of a set alone where one of it may not be touched, and says which', async () => {
  const id = await lab.run('app', { HostConfig: PUBLISHED });
  await lab.run('tool', {
    Image: lab.reference('tool'),
    ...SLEEP,
    HostConfig: { NetworkMode: 'container:app' },
  });
  await lab.api('POST', '/containers/tool/pause');
  await lab.publish({ version: '2' });
  expect((await run())['app']).toBe(
    'skipped tool, which uses the network of app, is paused: it would lose what it holds in memory',
  );
  expect((await lab.inspect('app')).Id).toBe(id);
});

describe('the order', () => {
  const compose = (service: string, dependsOn = '') => ({
    Labels: {
      'com.docker.compose.project': 'stack',
      'com.docker.compose.service': service,
      'com.docker.compose.depends_on': dependsOn,
    },
  });
  const started = async (name: string) => Date.parse((await lab.inspect(name)).State.StartedAt);

  it('is that of the dependencies, over those that are current', async () => {
    await lab.run('aa', compose('web', 'cache:service_started:false'));
    await lab.run('mm', { Image: lab.reference('tool'), ...compose('cache', 'db:service_healthy:false') });
    await lab.run('zz', compose('db'));
    await lab.run('bb', { Labels: { 'refreshd.depends-on': 'aa' } });
    await lab.publish({ version: '2' });
    expect(await run()).toEqual({ aa: 'updated', bb: 'updated', mm: 'current', zz: 'updated' });
    const [z, a, b] = [await started('zz'), await started('aa'), await started('bb')];
    expect([z < a, a < b]).toEqual([true, true]);
  });

  it('restarts what depends on it with restart: true, and says so where a circle has no order', async () => {
    const id = await lab.run('web', {
      Image: lab.reference('tool'),
      ...compose('web', 'db:service_healthy:true'),
    });
    await lab.run('other', { Image: lab.reference('tool'), ...compose('other', 'db:service_healthy:false') });
    await lab.run('db', compose('db', 'web:service_started:false'));
    const [web, other] = [await started('web'), await started('other')];
    await lab.publish({ version: '2' });
    await run();
    expect((await lab.inspect('web')).Id).toBe(id);
    expect(await started('web')).toBeGreaterThan(web);
    expect(await started('web')).toBeGreaterThan(await started('db'));
    expect(await started('other')).toBe(other);
    expect(lab.log()).toMatch(/depend on each other in a circle: (db → web → db|web → db → web)\./);
  });

  it('leaves what it may not touch alone although it depends on it with restart: true', async () => {
    const needsDb = async (name: string, Labels = {}) => {
      const { Labels: own } = compose(name, 'db:service_started:true');
      return lab.run(name, { Image: lab.reference('tool'), Labels: { ...own, ...Labels } });
    };
    const { Labels } = compose('db');
    await lab.run('db', { Labels: { ...Labels, 'refreshd.enable': 'true' } });
    const own = await needsDb('updater');
    await needsDb('task', { 'com.docker.swarm.task.id': 'x' });
    await needsDb('paused');
    const before = await Promise.all(['updater', 'task', 'paused'].map(started));
    await lab.api('POST', '/containers/paused/pause');
    await lab.publish({ version: '2' });
    const warnings: string[] = [];
    const log = { ...NOBODY, warn: (message: string) => void warnings.push(message) };
    const settings = { REFRESHD_STABLE_FOR: '0' };
    const { tools, close } = await openInProcess(lab, { log, settings });
    try {
      const { containers } = await updateRun(
        { ...tools, own: { container: own, enginePort: undefined } },
        { names: ['db'], dryRun: false },
      );
      expect(containers.map(({ outcome }) => outcome)).toEqual(['updated']);
    } finally {
      await close();
      await lab.api('POST', '/containers/paused/unpause');
    }
    expect(await Promise.all(['updater', 'task', 'paused'].map(started))).toEqual(before);
    const said = warnings.filter(line => line.includes('although it depends on db'));
    expect(said.sort()).toEqual([
      expect.stringMatching(/: a Swarm task/),
      expect.stringMatching(/: paused/),
      expect.stringMatching(/: refreshd itself runs in it/),
    ]);
  });
});
