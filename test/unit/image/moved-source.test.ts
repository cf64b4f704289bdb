import { expect, it } from 'vitest';
import { movedSource } from '../../../src/image/moved-source.ts';
import { parseReference } from '../../../src/image/reference.ts';

const SOURCE = 'org.opencontainers.image.source';
const HOMEPAGE = 'org.opencontainers.image.url';
const MCP = 'ghcr.io/asachs01/autotask-mcp:latest';
const MOVED = 'github.com/wyre-technology/autotask-mcp';

const of = (name: string, labels: Record<string, string>) => {
  const reference = parseReference(name);
  return reference === undefined ? 'no reference' : movedSource(reference, labels);
};

it.each([
  'https://github.com/wyre-technology/autotask-mcp',
  'http://github.com/wyre-technology/autotask-mcp/',
  'https://www.github.com/wyre-technology/autotask-mcp',
  'HTTPS://GitHub.com/wyre-technology/autotask-mcp',
  'git@github.com:wyre-technology/autotask-mcp.git',
  'ssh://git@github.com:22/wyre-technology/autotask-mcp.git',
  'git+https://github.com/wyre-technology/autotask-mcp.git#main',
  'https://me:hunter2@github.com/wyre-technology/autotask-mcp',
  'github.com/wyre-technology/autotask-mcp',
  'https://github.com/wyre-technology/autotask-mcp/tree/main/docker',
])('the source %s is another owner’s', source => {
  expect(of(MCP, { [SOURCE]: source })).toBe(MOVED);
});

it.each<[string, string, Record<string, string>, string | undefined]>([
  ['the same owner', MCP, { [SOURCE]: 'https://github.com/asachs01/autotask-mcp' }, undefined],
  [
    'the same in other letters',
    'ghcr.io/home-assistant/core',
    { [SOURCE]: 'https://github.com/Home_Assistant/core' },
    undefined,
  ],
  ['the same owner, another repository', MCP, { [SOURCE]: 'https://github.com/asachs01/mcp' }, undefined],
  [
    'another repository of another owner, where owners are the same people',
    MCP,
    { [SOURCE]: 'https://github.com/other/base' },
    'github.com/other/base',
  ],
  ['another repository elsewhere', 'quay.io/a/app', { [SOURCE]: 'https://github.com/b/base' }, undefined],
  ['the same name elsewhere', 'quay.io/a/app', { [SOURCE]: 'https://github.com/b/app' }, 'github.com/b/app'],
  [
    'Docker Hub, other words for itself',
    'vaultwarden/server',
    { [SOURCE]: 'https://github.com/dani-garcia/vaultwarden' },
    undefined,
  ],
  ['an image of Docker’s own', 'nginx', { [SOURCE]: 'https://github.com/nginxinc/docker-nginx' }, undefined],
  ['a repository without owner', '127.0.0.1:5000/app', { [SOURCE]: 'https://github.com/b/app' }, undefined],
  [
    'a deep path',
    'registry.gitlab.com/a/group/app',
    { [SOURCE]: 'https://gitlab.com/b/group/app' },
    'gitlab.com/b/group',
  ],
  ['a homepage on a forge', MCP, { [HOMEPAGE]: `https://${MOVED}` }, MOVED],
  [
    'a homepage that is none of a repository',
    'quay.io/a/app',
    { [HOMEPAGE]: 'https://example.com/docs/app' },
    undefined,
  ],
  [
    'a source that speaks for the owner, whatever the homepage',
    MCP,
    { [SOURCE]: 'https://github.com/asachs01/autotask-mcp', [HOMEPAGE]: `https://${MOVED}` },
    undefined,
  ],
  ['nothing', MCP, {}, undefined],
  ['nonsense', MCP, { [SOURCE]: 'ask me' }, undefined],
  ['an owner alone', MCP, { [SOURCE]: 'https://github.com/other' }, undefined],
  ['a homepage without path', MCP, { [SOURCE]: 'https://github.com' }, undefined],
  ['escape sequences', MCP, { [SOURCE]: 'https://github.com/\u001b[31mred/autotask-mcp' }, undefined],
])('%s', (_, name, labels, expected) => {
  expect(of(name, labels)).toBe(expected);
});

it('is quick, and short, whatever it is given', () => {
  const long = `https://github.com/${'a'.repeat(100)}/autotask-mcp${'/x'.repeat(100_000)}`;
  expect(of(MCP, { [SOURCE]: long })?.length).toBeLessThanOrEqual(120);
  for (const text of [
    '@'.repeat(500_000),
    'a'.repeat(500_000),
    'a@'.repeat(250_000),
    '/a'.repeat(250_000),
    `${'a.'.repeat(99)}:`.repeat(2000),
  ])
    expect(of(MCP, { [SOURCE]: text })).toBeUndefined();
});
