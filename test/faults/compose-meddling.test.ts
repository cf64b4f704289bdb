import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { compose } from '../support/compose.ts';
import { type EngineProxy, startEngineProxy } from '../support/engine-proxy.ts';
import { answerOf, type CommandResult, Lab, until } from '../support/lab.ts';

const PROXY_SOCKET = '/run/refreshd-sandbox/compose-meddling.sock';
const HEALTH = 'http://127.0.0.1:18080/health';
/** As compose names the service of a project in a folder `home`. */
const NAME = 'home-app-1';
const STACK = `
services:
  app:
    image: \${AUTOTASK_MCP_IMAGE}
    restart: unless-stopped
    stop_grace_period: 1s
    ports: ["127.0.0.1:18080:8080"]
    volumes: ["data:/data"]
volumes:
  data:
`;

let lab: Lab;
let proxy: EngineProxy;
beforeAll(async () => {
  lab = await Lab.open();
  proxy = await startEngineProxy(lab.socket, PROXY_SOCKET);
});
beforeEach(async () => {
  await lab.clear();
  proxy.watch = undefined;
  writeFileSync(join(lab.home, 'docker-compose.yml'), STACK);
  await lab.publish({ version: '1' });
  expect((await compose(lab, 'up', '-d', '--quiet-pull')).code).toBe(0);
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
});
afterAll(async () => {
  await proxy.close();
  await lab.close();
});

/** A person runs compose after the first call that fits. */
async function runWhile(fits: RegExp, ...args: readonly string[]) {
  let acting: Promise<CommandResult> | undefined;
  proxy.watch = async ({ method, path }) => {
    if (acting !== undefined || !fits.test(`${method} ${path}`)) return;
    acting = compose(lab, ...args);
    await acting;
  };
  const environment = { REFRESHD_WATCH: 'stack' };
  const result = await lab.refreshd(['run'], { DOCKER_HOST: `unix://${PROXY_SOCKET}`, ...environment });
  expect(readdirSync(join(lab.home, 'state/rollouts')), 'the journal').toEqual([]);
  return { ...result, composed: await acting };
}

const PREPARED = /^POST \/containers\/create/;
const STOPPED = /^POST \/containers\/\w+\/stop/;
const WATCHED = /^POST \/containers\/\w+\/start/;

/** One container serves, and neither compose nor refreshd finds anything to do about it. */
async function expectAgreement(): Promise<void> {
  await until('version 2 answers', async () => (await answerOf(HEALTH)) === '200 /health 2');
  const before = await lab.names();
  expect(before).toEqual([expect.stringContaining(NAME)]);
  const { Id: id } = await lab.inspect(before[0] ?? '');
  const { stdout } = await lab.refreshd(['run'], { REFRESHD_WATCH: 'stack' });
  expect(stdout).toMatch(/^\S+\tcurrent\t/);
  expect((await compose(lab, 'up', '-d')).code).toBe(0);
  expect(await lab.names()).toEqual(before);
  expect((await lab.inspect(before[0] ?? '')).Id).toBe(id);
}

it.each([
  ['prepared', PREPARED],
  ['stopped', STOPPED],
])('up while it is %s: what compose makes is left alone', async (_, fits) => {
  await lab.publish({ version: '2' });
  const { code, stdout, composed } = await runWhile(fits, 'up', '-d');
  expect([code, stdout]).toEqual([1, expect.stringMatching(/\tfailed\t.*somebody else made a container/)]);
  expect(composed?.code).toBe(0);
  await expectAgreement();
});

it('up while it is watched: compose removes both and trips over itself; told again, it makes one', async () => {
  await lab.publish({ version: '2' });
  const { code, stdout } = await runWhile(WATCHED, 'up', '-d');
  expect([code, stdout]).toEqual([
    3,
    expect.stringMatching(/somebody removed it in the middle of the update/),
  ]);
  expect((await lab.names()).filter(name => name.includes('refreshd'))).toEqual([]);
  expect((await compose(lab, 'up', '-d')).code).toBe(0);
  await expectAgreement();
});

it.each([
  ['prepared', PREPARED, 1],
  ['watched', WATCHED, 3],
] as const)('down while it is %s: nothing is left but the data, and that is said', async (_, fits, exit) => {
  await lab.publish({ version: '2' });
  const { code, stdout, composed } = await runWhile(fits, 'down');
  expect(composed?.code).toBe(0);
  expect([code, stdout]).toEqual([
    exit,
    expect.stringMatching(
      /somebody removed it in the middle of the update, so there is nothing left to put back/,
    ),
  ]);
  expect(await lab.names()).toEqual([]);
  expect((await lab.api('GET', '/volumes')).body.Volumes).toHaveLength(1);
  expect((await compose(lab, 'up', '-d')).code).toBe(0);
});
