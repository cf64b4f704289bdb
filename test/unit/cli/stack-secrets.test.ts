import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, linkSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { lookAtStackSecrets } from '../../../src/cli/stack-secrets.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const isRoot = process.getuid?.() === 0;
const EXAMPLE = '# Required\nTOKEN=\nUSER_NAME=\n\n# Optional\n#LEVEL=\nMODE=live\n';
const FILLED = 'TOKEN=hunter2\nUSER_NAME="me"\n';

let home: string;
let path: string;
beforeEach(() => {
  home = join(tempFolder(), 'home');
  mkdirSync(home);
  path = join(home, '.env');
  writeFileSync(join(home, '.env.example'), EXAMPLE);
});

const write = (text = FILLED, mode = 0o600) => writeFileSync(path, text, { mode });
const look = (environment: Record<string, string> = {}) => lookAtStackSecrets(home, environment);

it('is content with one that is filled in and for its owner alone', async () => {
  write();
  expect(await look()).toEqual({ state: 'ok', says: path, remedy: '' });
});

describe('who can reach it', () => {
  it.each<[string, RegExp, RegExp, () => unknown]>([
    [
      'read by everybody',
      /^others can read \S+ \(mode 644\)$/,
      /^Close it: chmod 600 '/,
      () => chmodSync(path, 0o644),
    ],
    ['read by a group', /^others can read \S+ \(mode 640\)$/, /chmod 600/, () => chmodSync(path, 0o640)],
    ['written by others', /^others can read \S+ \(mode 602\)$/, /chmod 600/, () => chmodSync(path, 0o602)],
    ['a link', /is a link: what it leads to/, /Put the file itself there/, () => link(symlinkSync)],
    ['a second name', /has a second name elsewhere/, /Put a copy/, () => link(linkSync)],
    [
      'a pipe',
      /cannot be read \(it is not a regular file\)/,
      /plain file/,
      () => replace(() => execFileSync('mkfifo', [path])),
    ],
    [
      'a folder',
      /cannot be read \(it is not a regular file\)/,
      /plain file/,
      () => replace(() => mkdirSync(path)),
    ],
    ['of a size that nobody writes', /it is far too large/, /plain file/, () => write('x'.repeat(2e6))],
    [
      'in a home that all write to',
      /^every user can write to \S+home, and so/,
      /chmod o-w/,
      () => chmodSync(home, 0o777),
    ],
    [
      'below a folder that all write to',
      /^every user can write to /,
      /chmod o-w/,
      () => chmodSync(join(home, '..'), 0o777),
    ],
  ])('%s is bad', async (_, says, remedy, spoil) => {
    write();
    spoil();
    expect(await look()).toEqual({
      state: 'bad',
      says: expect.stringMatching(says),
      remedy: expect.stringMatching(remedy),
    });
  });

  const replace = (by: () => unknown) => {
    renameSync(path, join(home, 'elsewhere'));
    by();
  };
  const link = (how: (target: string, path: string) => void) =>
    replace(() => how(join(home, 'elsewhere'), path));

  it.runIf(isRoot)('somebody else is bad, unless the whole home is his', async () => {
    write();
    chownSync(path, 65534, 65534);
    expect(await look()).toMatchObject({
      state: 'bad',
      says: `${path} belongs to user id 65534, who can read and change it`,
    });
    chownSync(home, 65534, 65534);
    expect(await look()).toMatchObject({ state: 'ok' });
  });
});

describe('what must have a value', () => {
  it.each<[string, string | undefined, string]>([
    ['is not there at all', undefined, 'TOKEN, USER_NAME'],
    ['is empty', '', 'TOKEN, USER_NAME'],
    ['lacks one', 'TOKEN=hunter2\n', 'USER_NAME'],
    ['has one without a value', 'TOKEN=hunter2\nUSER_NAME=\n', 'USER_NAME'],
    ['has one of nothing but quotes and space', `TOKEN=hunter2\nUSER_NAME="  "\n`, 'USER_NAME'],
    ['has one commented out', '#TOKEN=hunter2\nUSER_NAME=me\n', 'TOKEN'],
  ])('a file that %s is bad, by the names alone', async (_, text, names) => {
    if (text !== undefined) write(text);
    const verdict = await look({ TOKEN: 'from-environment' });
    expect(verdict).toMatchObject({ state: 'bad', says: `without a value in ${path}: ${names}` });
    expect(JSON.stringify(verdict)).not.toMatch(/hunter2|from-environment/);
  });

  it('is what the compose file asks for, too; that may come from the environment', async () => {
    write();
    const compose = `services: { app: { image: "\${IMAGE:?which one}", command: "\${COMMAND?}" } }
# \${COMMENTED:?}
x: "$\${ESCAPED:?} \${OPTIONAL:-x} \${OTHER}"
`;
    writeFileSync(join(home, 'compose.yaml'), compose);
    expect(await look()).toMatchObject({ says: `without a value in ${path}: IMAGE, COMMAND` });
    expect(await look({ IMAGE: 'a', COMMAND: 'b' })).toMatchObject({ state: 'ok' });
  });

  it.each([
    'env_file: .env',
    'env_file: "./.env"',
    'env_file:\n      - .env',
    'env_file:\n      - path: .env',
  ])('is anything at all where a service is given the file (%s)', async words => {
    writeFileSync(join(home, '.env.example'), '');
    writeFileSync(join(home, 'docker-compose.yml'), `services:\n  app:\n    ${words}\n`);
    expect(await look()).toMatchObject({ state: 'bad', says: `${path} is missing or empty` });
    write();
    expect(await look()).toMatchObject({ state: 'ok' });
  });

  it('is nothing for a stack that has neither example nor compose file', async () => {
    renameSync(join(home, '.env.example'), join(home, 'x'));
    expect(await look()).toEqual({ state: 'skipped', says: 'this stack has none', remedy: '' });
  });
});
