import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { compose } from '../support/compose.ts';
import { answerOf, Lab, until } from '../support/lab.ts';
import type { Behaviour } from '../support/service-image.ts';

/*
 * A project with all that ties its services together. Whatever refreshd did to it, compose finds it as it would
 * have made it, and removes all of it.
 */

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
beforeEach(async () => {
  await lab.clear();
  writeFileSync(join(lab.home, 'docker-compose.yml'), project());
  for (const repository of ['app', 'db', 'tool']) await lab.publish({ version: '1' }, repository);
  const up = await compose(lab, 'up', '-d', '--quiet-pull');
  expect([up.code, up.code === 0 ? '' : up.stderr]).toEqual([0, '']);
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
});
afterAll(() => lab.close());

const HEALTH = 'http://127.0.0.1:18080/health';
const ANONYMOUS = /^[0-9a-f]{64}$/;
const STACK = { REFRESHD_WATCH: 'stack' };

function project(): string {
  const platform = `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`;
  return `name: project
services:
  db:
    image: ${lab.reference('db')}
    platform: ${platform}
    volumes: [data:/data, /scratch]
    networks: [back]
  app:
    image: ${lab.reference('app')}
    depends_on: [db]
    ports: ["127.0.0.1:18080:8080"]
    networks: [front, back]
    environment: { MODE: live }
  twin:
    image: ${lab.reference('app')}
    platform: ${platform}
    depends_on: { db: { condition: service_started, restart: true } }
  side:
    image: ${lab.reference('tool')}
    command: sleep 3600
    stop_grace_period: 0s
    network_mode: service:app
networks: { front: {}, back: {} }
volumes: { data: {} }
`;
}

/** Gives every service a new image. */
async function offer(version: string, behaviour: Behaviour = 'good'): Promise<void> {
  for (const repository of ['db', 'tool']) await lab.publish({ version }, repository);
  await lab.publish({ version, behaviour });
}

/** The containers of the project, by name. */
async function containers(): Promise<Record<string, string>> {
  const { body } = await lab.api('GET', '/containers/json?all=1');
  return Object.fromEntries(body.map(({ Id, Names }: { Id: string; Names: string[] }) => [Names[0], Id]));
}

const ALL = ['app', 'db', 'side', 'twin'].map(each => `/project-${each}-1`);

/** Has compose bring the project up once more. @returns the containers that it made anew */
async function changedByUp(): Promise<readonly string[]> {
  const before = await containers();
  const up = await compose(lab, 'up', '-d');
  expect([up.code, up.code === 0 ? '' : up.stderr]).toEqual([0, '']);
  const after = await containers();
  expect([Object.keys(before).sort(), Object.keys(after).sort()]).toEqual([ALL, ALL]);
  return Object.keys(after).filter(name => after[name] !== before[name]);
}

/**
 * The hash that compose keeps of a service with another's network has the id of that one's container in it (and
 * cannot be worked out without the project's file): once that is a new one, compose makes the service anew, once.
 */
async function expectUpToDate(): Promise<void> {
  expect(['', '/project-side-1']).toContain((await changedByUp()).join());
  expect(await changedByUp()).toEqual([]);
}

/** All that the engine has of the project, but for anonymous volumes: those that were carried over count as named. */
async function remains(): Promise<readonly string[]> {
  const networks = (await lab.api('GET', '/networks')).body.map(({ Name }: { Name: string }) => Name);
  const volumes = (await lab.api('GET', '/volumes')).body.Volumes ?? [];
  return [
    ...(await lab.names()),
    ...networks.filter((name: string) => name.startsWith('project')),
    ...volumes.map(({ Name }: { Name: string }) => Name).filter((name: string) => !ANONYMOUS.test(name)),
  ];
}

it('is up to date for compose after an update, and again after going back by hand', async () => {
  await offer('2');
  const run = await lab.refreshd(['run'], STACK);
  expect([run.code, run.stdout.match(/\tupdated\t/g)]).toEqual([0, Array(4).fill('\tupdated\t')]);
  expect(await answerOf(HEALTH)).toBe('200 /health 2');
  await expectUpToDate();
  for (const name of ['project-app-1', 'project-db-1', 'project-twin-1']) {
    const back = await lab.refreshd(['rollback', name], STACK);
    expect([back.stderr, back.code]).toEqual(['', 0]);
  }
  expect(await answerOf(HEALTH)).toBe('200 /health 1');
  await expectUpToDate();
});

it('is up to date for compose after an image that was no good', async () => {
  await offer('2', 'exits');
  expect((await lab.refreshd(['run'], STACK)).code).toBe(1);
  expect(await answerOf(HEALTH)).toBe('200 /health 1');
  expect(await changedByUp()).toEqual([]);
});

it('is removed by compose as a whole after an update', async () => {
  await offer('2');
  expect((await lab.refreshd(['run'], STACK)).code).toBe(0);
  expect((await compose(lab, 'down')).code).toBe(0);
  expect(await remains()).toEqual(['project_data']);
  expect((await compose(lab, 'up', '-d')).code).toBe(0);
  await until('version 2 answers', async () => (await answerOf(HEALTH)) === '200 /health 2');
  expect((await compose(lab, 'down', '-v')).code).toBe(0);
  expect(await remains()).toEqual([]);
});
