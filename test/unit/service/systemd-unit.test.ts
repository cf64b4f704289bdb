import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inCommand, inQuotes } from '../../../src/service/systemd-text.ts';
import { systemUnit, userUnit } from '../../../src/service/systemd-unit.ts';

const SYSTEM = readFileSync('systemd/system.service', 'utf8');
const USER = readFileSync('systemd/user.service', 'utf8');
const PROGRAM = {
  node: '/usr/bin/node',
  file: '/opt/refreshd/dist/cli/main.js',
  home: '/srv/mcp',
  environment: [] as readonly (readonly [string, string])[],
};
const PARTS = {
  program: PROGRAM,
  systemd: 252,
  note: { version: '0.1.0', home: '/srv/mcp', ours: [] },
  user: 'refreshd',
  userHome: '/var/lib/refreshd',
  group: 'docker',
  socketFolder: '/var/run',
  stateDirectory: 'refreshd',
};
const linesWith = (unit: string, key: string) => unit.split('\n').filter(line => line.startsWith(`${key}=`));

it.each([
  ['a space', '/srv/my mcp', '/srv/my mcp', '/srv/my mcp'],
  ['a percent sign', '/srv/100%h', '/srv/100%%h', '/srv/100%%h'],
  ['quotes', '/srv/"a" \'b\'', '/srv/\\"a\\" \'b\'', '/srv/\\"a\\" \'b\''],
  ['a backslash', '/srv/a\\n', '/srv/a\\\\n', '/srv/a\\\\n'],
  ['a dollar sign', '/srv/$HOME/$1', '/srv/$HOME/$1', '/srv/$$HOME/$$1'],
  ['other letters', '/srv/ünï', '/srv/ünï', '/srv/ünï'],
])('%s is written so that systemd reads it back', (_, text, quoted, command) => {
  expect(inQuotes(text)).toBe(quoted);
  expect(inCommand(text)).toBe(command);
});

describe('the unit of the machine', () => {
  it('sees nothing of anybody, where nothing is there that it needs', () => {
    const unit = systemUnit(SYSTEM, PARTS);
    expect(linesWith(unit, 'BindReadOnlyPaths')).toEqual([]);
    expect(linesWith(unit, 'ReadWritePaths')).toEqual([
      'ReadWritePaths="-/srv/mcp/state"',
      'ReadWritePaths="-/srv/mcp/logs"',
    ]);
    expect(linesWith(unit, 'ExecPaths')).toEqual(['ExecPaths=-/usr -/bin -/sbin -/lib -/lib64']);
    expect(unit).not.toMatch(/@[A-Z_]+@/);
  });

  it('sees what it needs below home folders and temporary ones, and no more', () => {
    const unit = systemUnit(SYSTEM, {
      ...PARTS,
      program: {
        node: '/home/jo/.nvm/versions/node/v20/bin/node',
        file: '/home/jo/refreshd/dist/cli/main.js',
        home: '/home/jo/refreshd',
        environment: [
          ['DOCKER_CERT_PATH', '/root/certificates'],
          ['HTTPS_PROXY', 'http://proxy.example:3128'],
        ],
      },
      userHome: '/home/jo',
      socketFolder: '/run/user/1000',
    });
    expect(linesWith(unit, 'BindReadOnlyPaths')).toEqual([
      'BindReadOnlyPaths="/home/jo/refreshd"',
      'BindReadOnlyPaths="/home/jo/.nvm/versions/node/v20"',
      'BindReadOnlyPaths="-/home/jo/.docker"',
      'BindReadOnlyPaths="-/run/user/1000"',
      'BindReadOnlyPaths="-/root/certificates"',
    ]);
    expect(linesWith(unit, 'ExecPaths').at(-1)).toBe('ExecPaths="/home/jo/.nvm/versions/node/v20"');
    expect(linesWith(unit, 'Environment')).toEqual([
      'Environment=NODE_ENV=production',
      'Environment="DOCKER_CERT_PATH=/root/certificates"',
      'Environment="HTTPS_PROXY=http://proxy.example:3128"',
    ]);
  });

  it('sees the keys and hosts of its ssh where the engine is reached by that, and else not', () => {
    const overSsh = systemUnit(SYSTEM, {
      ...PARTS,
      program: { ...PROGRAM, environment: [['DOCKER_HOST', 'ssh://nas']] },
      userHome: '/home/jo',
    });
    expect(linesWith(overSsh, 'BindReadOnlyPaths')).toContain('BindReadOnlyPaths="-/home/jo/.ssh"');
    expect(linesWith(overSsh, 'InaccessiblePaths').join()).not.toMatch(/ssh/);
    const unit = systemUnit(SYSTEM, { ...PARTS, userHome: '/home/jo' });
    expect(linesWith(unit, 'BindReadOnlyPaths').join()).not.toMatch(/ssh/);
    expect(linesWith(unit, 'InaccessiblePaths')).toContain('InaccessiblePaths=-/etc/ssh');
  });

  it.each([
    ['/home/linuxbrew/.linuxbrew/opt/node/bin/node', '/home/linuxbrew/.linuxbrew'],
    ['/home/linuxbrew/.linuxbrew/Cellar/node@20/20.1.0/bin/node', '/home/linuxbrew/.linuxbrew'],
    ['/nix/store/abc-nodejs/bin/node', '/nix'],
    ['/opt/node/node', '/opt/node'],
  ])('may run %s with all of %s', (node, folder) => {
    const unit = systemUnit(SYSTEM, { ...PARTS, program: { ...PROGRAM, node } });
    expect(linesWith(unit, 'ExecPaths').at(-1)).toBe(`ExecPaths="${folder}"`);
  });

  it('sees all packages of an installation where they lie beside it', () => {
    const file = '/home/jo/x/node_modules/refreshd/dist/cli/main.js';
    const unit = systemUnit(SYSTEM, { ...PARTS, program: { ...PROGRAM, file } });
    expect(linesWith(unit, 'BindReadOnlyPaths')).toEqual(['BindReadOnlyPaths="/home/jo/x/node_modules"']);
  });

  it('has no lines for what root does not need', () => {
    const root = { ...PARTS, user: 'root', userHome: '/root', group: undefined, stateDirectory: undefined };
    const unit = systemUnit(SYSTEM, root);
    expect(unit).not.toMatch(/^(SupplementaryGroups|StateDirectory)=/m);
    expect(linesWith(unit, 'User')).toEqual(['User=root']);
  });
});

it.each([
  ['system', systemUnit(SYSTEM, { ...PARTS, systemd: 254 }), systemUnit(SYSTEM, PARTS)],
  ['user', userUnit(USER, { ...PARTS, systemd: 257 }), userUnit(USER, { ...PARTS, systemd: 253 })],
])('pauses grow where systemd can do that: %s', (_, newer, older) => {
  expect(newer).toMatch(/^RestartSec=10\nRestartSteps=6\nRestartMaxDelaySec=300$/m);
  expect(older).not.toMatch(/RestartSteps|RestartMaxDelaySec/);
});
