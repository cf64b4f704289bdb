import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { buildBenchService } from '../bench/bench-service.ts';
import { buildAliasProxy, startAliasProxy } from '../support/alias-proxy.ts';
import { compose } from '../support/compose.ts';
import type { BuiltImage } from '../support/image.ts';
import { answerOf, Lab, until } from '../support/lab.ts';
import { startLoad } from '../support/load.ts';
import { publish } from '../support/publish.ts';

let lab: Lab;
let proxy: BuiltImage;
beforeAll(async () => {
  proxy = await buildAliasProxy();
  lab = await Lab.open();
});
beforeEach(() => lab.clear());
afterAll(() => lab.close());

const FIRST = { 'refreshd.strategy': 'start-first', 'refreshd.health.port': '8080' };

const release = async (version: string) =>
  publish(lab.registry, 'app', 'latest', await buildBenchService(version, 'drains'));

const addressOf = async (name: string, network: string): Promise<string> =>
  (await lab.inspect(name)).NetworkSettings.Networks[network].IPAddress;

const COMPOSE = `
services:
  web:
    image: \${AUTOTASK_MCP_IMAGE}
    networks: [default, back]
    restart: unless-stopped
    labels:
      refreshd.strategy: start-first
      refreshd.health.port: "8080"
networks: { default: { name: front }, back: {} }
`;

it('takes a good version, and refuses broken ones, without one request lost behind a proxy', async () => {
  writeFileSync(join(lab.home, 'docker-compose.yml'), COMPOSE);
  await release('1');
  expect((await compose(lab, 'up', '-d', '--quiet-pull')).stderr).toContain('Started');
  const [name = ''] = await lab.names();
  const url = await startAliasProxy(lab, proxy, 'front');
  await until(
    'the proxy reaches it',
    async () => (await answerOf(`${url}/health`))?.startsWith('200') === true,
  );
  expect((await lab.refreshd(['run'])).code).toBe(0);
  const names = await lab.names();
  const old = await lab.inspect(name);

  const load = startLoad(`${url}/health`);
  for (const behaviour of ['exits', 'no-command', '500'] as const) {
    await lab.publish({ version: behaviour, behaviour });
    const { stdout } = await lab.refreshd(['run']);
    expect(stdout).toMatch(
      /^\S+\tfailed\t.*\(found before the switch; the old one kept running throughout\)/,
    );
    expect(await lab.names()).toEqual(names);
    const now = await lab.inspect(name);
    expect([now.Id, now.State.StartedAt, now.HostConfig]).toEqual([
      old.Id,
      old.State.StartedAt,
      old.HostConfig,
    ]);
    expect(await lab.imageId(), 'the tag points at what runs').toBe(old.Image);
    expect((await lab.refreshd(['run'])).stdout).toMatch(/^\S+\trejected\t/);
  }
  for (const version of ['2', '3']) {
    await release(version);
    const { stdout } = await lab.refreshd(['run']);
    expect(stdout).toMatch(/^\S+\tupdated\t/);
    expect(stdout, 'it was never down').not.toContain('down for');
  }
  const asked = load.asked();
  const lost = await load.stop();
  process.stdout.write(
    `start-first: ${asked} requests in three refusals and two updates, ${lost.length} lost\n`,
  );
  expect(lost).toEqual([]);
  expect(asked).toBeGreaterThan(1000);

  const now = await lab.inspect(name);
  expect(now.Config.Labels['org.opencontainers.image.version']).toBe('3');
  expect(now.HostConfig).toEqual(old.HostConfig);
  expect(await lab.names()).toEqual(names);
  expect(readdirSync(join(lab.home, 'state/rollouts'))).toEqual([]);
  // Neither by its alias nor by its name anybody else is found.
  for (const called of ['web', name])
    expect(await answerOf(`${url}/lookup/${called}`)).toBe(`200 ${await addressOf(name, 'front')}`);
  expect((await compose(lab, 'up', '-d')).code).toBe(0);
  expect((await lab.inspect(name)).Id, 'compose finds nothing to do').toBe(now.Id);

  expect((await lab.refreshd(['rollback', name])).stdout).toMatch(/^\S+\trolled-back\t/);
  expect((await lab.inspect(name)).Config.Labels['org.opencontainers.image.version']).toBe('2');
}, 900_000);

it('stops the old one first where there cannot be two, and says why; the plan shows which it is', async () => {
  await lab.api('POST', '/networks/create', { Name: 'front' });
  await release('1');
  await lab.pull();
  await lab.run('app', { Labels: FIRST, HostConfig: { NetworkMode: 'front' } });
  await lab.run('data', { Labels: FIRST, HostConfig: { NetworkMode: 'front', Binds: ['data:/data'] } });
  await release('2');
  const { stdout } = await lab.refreshd(['check', '--plan']);
  const why = 'its successor is not started first, since two would write to the same data at /data';
  expect(stdout).toContain(why);
  const [app = '', data = ''] = stdout.split(/What would be done about \S+:\n/).slice(1);
  const kinds = (plan: string) =>
    [...plan.matchAll(/^ +\d+\. (\w+(?: restart policy)?)/gm)].map(([, kind]) => kind);
  expect(kinds(app)).toEqual(['pull', 'tag', 'create', 'compare', 'start', 'verify', 'set restart policy']);
  expect(kinds(data)).toEqual([
    ...['pull', 'tag', 'create', 'compare', 'set restart policy'],
    ...['stop', 'rename', 'rename', 'start', 'verify'],
  ]);
  expect((await lab.refreshd(['run'])).stdout.match(/\tupdated\t/g)).toHaveLength(2);
  expect(lab.log()).toContain(`Not as its labels ask: ${why}.`);
  expect(await lab.names()).toEqual(['app', 'data']);
}, 240_000);
