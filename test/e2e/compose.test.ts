import { spawn } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { compose } from '../support/compose.ts';
import { answerOf, Lab, resultOf, until } from '../support/lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
beforeEach(async () => {
  await lab.clear();
  copyFileSync('docker-compose.yml', join(lab.home, 'docker-compose.yml'));
  writeFileSync(join(lab.home, '.env'), SECRETS.map(([key, value]) => `${key}=${value}\n`).join(''), {
    mode: 0o600,
  });
  await lab.publish({ version: '1', healthcheck: true });
  expect((await compose(lab, 'up', '-d', '--quiet-pull')).code).toBe(0);
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
});
afterAll(() => lab.close());

const HEALTH = 'http://127.0.0.1:8080/health';
const SECRETS = [
  ['AUTOTASK_INTEGRATION_CODE', 'code-7f3a'],
  ['AUTOTASK_USERNAME', 'someone@example.com'],
  ['AUTOTASK_SECRET', 'secret-91cc'],
] as const;
/** As the first user has it: the stack of this home, and nothing else. */
const STACK = { REFRESHD_WATCH: 'stack' };

it("keeps the first user's stack on the newest image, and compose finds nothing to do", async () => {
  const old = await lab.inspect('autotask-mcp');
  await lab.publish({ version: '2', healthcheck: true });
  const run = await lab.refreshd(['--run-now'], STACK);
  expect(run.stderr).toBe('');
  expect(run.stdout).toMatch(/^autotask-mcp\tupdated\t/);
  expect(run.code).toBe(0);
  expect(await answerOf(HEALTH)).toBe('200 /health 2');

  const now = await lab.inspect('autotask-mcp');
  const {
    'com.docker.compose.image': image,
    'refreshd.rollout': rollout,
    'org.opencontainers.image.version': version,
    ...labels
  } = now.Config.Labels;
  const {
    'com.docker.compose.image': oldImage,
    'org.opencontainers.image.version': oldVersion,
    ...oldLabels
  } = old.Config.Labels;
  expect(labels).toEqual(oldLabels);
  expect([oldVersion, version]).toEqual(['1', '2']);
  expect(image).not.toBe(oldImage);
  expect(rollout).toContain('autotask-mcp');
  expect(now.HostConfig).toEqual(old.HostConfig);
  expect(now.Config.Env).toEqual(
    old.Config.Env.map((each: string) => each.replace('APP_VERSION=1', 'APP_VERSION=2')),
  );

  const up = await compose(lab, 'up', '-d');
  expect(up.code).toBe(0);
  expect((await lab.inspect('autotask-mcp')).Id).toBe(now.Id);

  lab.registry.forget();
  const again = await lab.refreshd(['--run-now'], STACK);
  expect(again.code).toBe(0);
  expect((await lab.inspect('autotask-mcp')).Id).toBe(now.Id);
  expect(lab.registry.requests).toHaveLength(1);

  expect((await compose(lab, 'down')).code).toBe(0);
  expect(await lab.names()).toEqual([]);
});

it('after a rollback too, compose finds nothing to do', async () => {
  const old = await lab.inspect('autotask-mcp');
  await lab.publish({ version: '2', behaviour: 'exits', healthcheck: true });
  expect((await lab.refreshd(['--run-now'], STACK)).code).toBe(1);
  expect((await compose(lab, 'up', '-d')).code).toBe(0);
  expect((await lab.inspect('autotask-mcp')).Id).toBe(old.Id);
  expect(await answerOf(HEALTH)).toBe('200 /health 1');
});

it('watches the stack of its home alone, and what is labelled', async () => {
  await lab.run('neighbour');
  await lab.run('labelled', { Labels: { 'refreshd.enable': 'true' } });
  await lab.run('moved', { Labels: { 'com.centurylinklabs.watchtower.enable': 'true' } });
  const { stdout } = await lab.refreshd(['check'], STACK);
  expect(stdout.match(/^\S+/gm)).toEqual(['autotask-mcp', 'labelled', 'moved']);
});

it('shows how everything stands', async () => {
  const { stdout, code } = await lab.refreshd(['status'], STACK);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    new RegExp(`^autotask-mcp\\t${lab.reference()}\\t[0-9a-f]{12} \\(1\\)\\tUp .+\\tnone yet\\n$`),
  );
  await lab.publish({ version: '2', healthcheck: true });
  await lab.refreshd(['run'], STACK);
  expect((await lab.refreshd(['history'])).stdout).toMatch(
    /^\d{4}-.+\tautotask-mcp\tupdated\t[0-9a-f]{12} → [0-9a-f]{12}\tdown for [\d.]+ s\n$/,
  );
  expect(JSON.parse((await lab.refreshd(['status', '--json'], STACK)).stdout)).toMatchObject({
    schema: 'refreshd.status/1',
    containers: [{ name: 'autotask-mcp', version: '2' }],
  });
});

it('lets no secret of the stack out', async () => {
  await lab.publish({ version: '2', behaviour: 'no-command' });
  const said: string[] = [];
  for (const args of [
    ['check', '--plan'],
    ['run'],
    ['run', '--json'],
    ['status', '--json'],
    ['history', '--json'],
    ['recover'],
  ]) {
    const { stdout, stderr } = await lab.refreshd(args, { ...STACK, REFRESHD_LOG_LEVEL: 'debug' });
    said.push(stdout, stderr);
  }
  const { code, stdout } = await resultOf(
    spawn('grep', ['-rlE', SECRETS.map(([, value]) => value).join('|'), 'state', 'logs'], { cwd: lab.home }),
  );
  expect([code, stdout]).toEqual([1, '']);
  for (const [, secret] of SECRETS) expect(said.join('\n')).not.toContain(secret);
});
