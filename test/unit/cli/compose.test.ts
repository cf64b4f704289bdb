import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type ComposeOptions, composeFile, openCompose } from '../../../src/cli/compose.ts';
import { findCompose } from '../../../src/cli/find-compose.ts';
import { tempFolder } from '../../support/temp-folder.ts';

let folder: string;
let programs: string;
beforeEach(() => {
  folder = tempFolder();
  programs = join(folder, 'bin');
  mkdirSync(programs);
  vi.stubEnv('PATH', programs);
});
afterEach(() => vi.unstubAllEnvs());

/** Installs a program that does this, and writes down how it was called. */
function install(name: string, script: string): void {
  const path = join(programs, name);
  writeFileSync(path, `#!/bin/sh\necho "${name} $*" >>'${folder}/calls'\n${script}\n`);
  chmodSync(path, 0o755);
}

const calls = () => readFileSync(join(folder, 'calls'), 'utf8').trimEnd().split('\n');

const V2 = 'echo 2.26.1-4';
const V1 = 'echo 1.29.2';
const find = () => findCompose({ PATH: process.env['PATH'] });

it.each<[string, Record<string, string>, readonly string[]]>([
  ['the plugin', { docker: V2, 'docker-compose': V2 }, ['docker', 'compose']],
  ['the plugin as Docker numbers it', { docker: 'echo v5.0.1' }, ['docker', 'compose']],
  ['the program, where docker has no plugin', { docker: 'exit 1', 'docker-compose': V2 }, ['docker-compose']],
  ['the program, where there is no docker', { 'docker-compose': V2 }, ['docker-compose']],
  ['the plugin beside an old program', { docker: V2, 'docker-compose': V1 }, ['docker', 'compose']],
])('finds %s', async (_, installed, expected) => {
  for (const [name, script] of Object.entries(installed)) install(name, script);
  expect((await find()).command).toEqual(expected);
});

it.each<[Record<string, string>, string, string]>([
  [{}, 'no-compose', 'Neither "docker compose" nor "docker-compose" is installed.'],
  [
    { docker: 'case "$1" in --version) exit 0;; esac; exit 1' },
    'no-compose',
    'docker is installed without its compose plugin, and "docker-compose" is not there either.',
  ],
  [{ 'docker-compose': V1 }, 'too-old', 'Compose is too old here: docker-compose is 1.29.2.'],
  [
    { docker: 'exit 125', 'docker-compose': V1 },
    'too-old',
    'Compose is too old here: docker-compose is 1.29.2.',
  ],
])('says in one sentence what is missing, and the remedy: %j', async (installed, code, message) => {
  for (const [name, script] of Object.entries(installed)) install(name, script);
  await expect(find()).rejects.toMatchObject({
    code,
    message,
    hint: expect.stringMatching(/^Install Compose 2 or newer: /),
  });
});

it.each(['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'])(
  'takes %s for the stack',
  name => {
    writeFileSync(join(folder, name), '');
    expect(composeFile(folder)).toBe(join(folder, name));
  },
);

const ENVIRONMENT = () => ({ PATH: process.env['PATH'] });
const open = (over: Partial<ComposeOptions> = {}) =>
  openCompose({ folder, quiet: true, colorful: true, environment: ENVIRONMENT(), ...over });

it('does not let compose go on in the folders above', async () => {
  writeFileSync(join(folder, 'compose.yaml'), '');
  await expect(open({ folder: programs })).rejects.toMatchObject({ code: 'no-stack' });
});

it('does not hand compose an address of an engine with a password, which it would print', async () => {
  writeFileSync(join(folder, 'compose.yaml'), '');
  install('docker', V2);
  const environment = { ...ENVIRONMENT(), DOCKER_HOST: 'tcp://me:hunter2@127.0.0.1:2376' };
  await expect(open({ environment })).rejects.toThrow(/^DOCKER_HOST holds a password/);
});

it('runs it in the home, with nothing but what it was told, and tells how it ended', async () => {
  writeFileSync(join(folder, 'compose.yaml'), '');
  install('docker', `pwd >>'${folder}/calls'; case "$*" in *up*) exit 14;; esac; ${V2}`);
  const compose = await open();
  await expect(compose.run('up', '-d')).rejects.toMatchObject({
    code: 'failed',
    message: 'docker compose up -d did not work out (exit code 14).',
  });
  expect(calls()).toEqual([
    'docker compose version --short',
    expect.any(String),
    'docker compose up -d',
    folder,
  ]);
  expect(await compose.run('down')).toBe(0);
});

it('lets it use no escape sequences where no colours are wanted', async () => {
  writeFileSync(join(folder, 'compose.yaml'), '');
  install('docker-compose', V2);
  await (await open({ colorful: false })).run('logs');
  expect(calls().at(-1)).toBe('docker-compose --ansi never logs');
});

it.each([
  ['kill -INT $$', 130],
  ['kill -TERM $$', 143],
  ['exit 130', 130],
])('gives the exit code that a shell would, where a signal ended it: %s', async (end, code) => {
  writeFileSync(join(folder, 'compose.yaml'), '');
  install('docker', `case "$*" in *logs*) ${end};; esac; ${V2}`);
  expect(await (await open()).run('logs')).toBe(code);
});

it.each(['exit 255', 'exit 1'])('takes no failure for a signal: %s', async end => {
  writeFileSync(join(folder, 'compose.yaml'), '');
  install('docker', `case "$*" in *logs*) ${end};; esac; ${V2}`);
  await expect((await open()).run('logs')).rejects.toMatchObject({ code: 'failed' });
});

it('asks it for the services, and keeps nothing else of what it says', async () => {
  writeFileSync(join(folder, 'compose.yaml'), '');
  const model = {
    services: {
      web: { image: 'web:1', environment: { SECRET: 'hunter2' }, pull_policy: 'never' },
      built: { build: { context: '.' } },
    },
  };
  writeFileSync(join(folder, 'model.json'), JSON.stringify(model));
  install('docker', `case "$*" in *config*) /bin/cat '${folder}/model.json';; *) ${V2};; esac`);
  expect(await (await open()).services()).toEqual([
    { name: 'built', image: undefined, pullPolicy: undefined },
    { name: 'web', image: 'web:1', pullPolicy: 'never' },
  ]);
  expect(calls().at(-1)).toBe('docker compose config --format json');
});

it('says so where it does not say what the stack is', async () => {
  writeFileSync(join(folder, 'compose.yaml'), '');
  install('docker', V2);
  await expect((await open()).services()).rejects.toMatchObject({
    code: 'failed',
    hint: 'What it says is not understood: it is not JSON.',
  });
});
