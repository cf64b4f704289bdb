import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { composeFile, findCompose, runCompose } from '../../../src/cli/compose.ts';
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
const NOTHING_TO_SAY = { folder: '', args: ['up', '-d'], quiet: true };

it.each<[string, Record<string, string>, readonly string[], string]>([
  ['the plugin', { docker: 'echo 2.1', 'docker-compose': 'echo 1.2' }, ['docker', 'compose'], '2.1'],
  [
    'the program, where docker has no plugin',
    { docker: 'exit 1', 'docker-compose': 'echo 1.2' },
    ['docker-compose'],
    '1.2',
  ],
  ['the program, where there is no docker', { 'docker-compose': 'echo 1.2' }, ['docker-compose'], '1.2'],
])('finds %s', async (_, installed, command, version) => {
  for (const [name, script] of Object.entries(installed)) install(name, script);
  expect(await findCompose({ PATH: programs })).toEqual({ command, version });
});

it('says that neither is there', async () => {
  await expect(findCompose({ PATH: programs })).rejects.toMatchObject({
    code: 'no-compose',
    message: 'Neither "docker compose" nor "docker-compose" is installed.',
  });
});

it.each(['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'])(
  'takes %s for the stack',
  name => {
    writeFileSync(join(folder, name), '');
    expect(composeFile(folder)).toBe(join(folder, name));
  },
);

it('does not let compose go on in the folders above', async () => {
  writeFileSync(join(folder, 'compose.yaml'), '');
  await expect(runCompose({ ...NOTHING_TO_SAY, folder: programs })).rejects.toMatchObject({
    code: 'no-stack',
  });
});

it('runs it in the home, with nothing but what it was told, and tells how it ended', async () => {
  writeFileSync(join(folder, 'compose.yaml'), '');
  install('docker', `pwd >>'${folder}/calls'; case "$*" in *up*) exit 14;; esac`);
  await expect(runCompose({ ...NOTHING_TO_SAY, folder })).rejects.toMatchObject({
    code: 'failed',
    message: 'docker compose up -d did not work out (exit code 14).',
  });
  expect(calls()).toEqual([
    'docker compose version --short',
    expect.any(String),
    'docker compose up -d',
    folder,
  ]);
});
