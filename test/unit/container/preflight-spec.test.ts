import { expect, it } from 'vitest';
import type { Spec } from '../../../src/container/carry-over.ts';
import { preflightSpec } from '../../../src/container/preflight-spec.ts';

const spec = (over: Partial<Spec> = {}): Spec => ({
  config: {},
  host: {},
  primary: undefined,
  others: [],
  ...over,
});
const REDUCED = { AutoRemove: false, PublishAllPorts: false };
const hostOf = (host: Spec['host'], port?: string) =>
  preflightSpec(spec({ host }), port === undefined ? undefined : { port, address: '127.0.0.1' }).host;

it('keeps what says how the program runs, and no name by which others would find it', () => {
  const config = { Env: ['A=1'], Cmd: ['serve'], User: 'me', ExposedPorts: { '1/tcp': {} } };
  const named = {
    Hostname: 'web',
    Domainname: 'test',
    MacAddress: '02::1',
    Labels: { 'traefik.enable': 'true' },
  };
  expect(preflightSpec(spec({ config: { ...config, ...named } }), undefined).config).toEqual(config);
  expect(hostOf({ Memory: 5, ReadonlyRootfs: true, AutoRemove: true })).toEqual({
    Memory: 5,
    ReadonlyRootfs: true,
    ...REDUCED,
  });
});

it('has no port of the host but the one that it is asked at, given by the engine', () => {
  const host = { PortBindings: { '80/tcp': [{ HostPort: '80' }], '81/tcp': null }, PublishAllPorts: true };
  expect(hostOf(host)).toEqual(REDUCED);
  const bound = { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] };
  expect(hostOf(host, '80/tcp')).toEqual({ ...REDUCED, PortBindings: bound });
  const asked = preflightSpec(spec({ config: { ExposedPorts: { '9/udp': {} } }, host }), {
    port: '80/tcp',
    address: '10.0.0.1',
  });
  expect(asked.config).toEqual({ ExposedPorts: { '9/udp': {}, '80/tcp': {} } });
  expect(asked.host['PortBindings']).toEqual({ '80/tcp': [{ HostIp: '10.0.0.1', HostPort: '' }] });
});

it('is on the same networks, without aliases, fixed addresses and MACs', () => {
  const endpoint = {
    Aliases: ['web'],
    IPAMConfig: { IPv4Address: '10.0.0.9' },
    MacAddress: '02::1',
    GwPriority: 2,
  };
  const attached = [
    { network: 'front', endpoint },
    { network: 'back', endpoint: {} },
  ];
  const [primary, ...others] = attached;
  expect(preflightSpec(spec({ primary, others }), undefined)).toMatchObject({
    primary: { network: 'front', endpoint: { GwPriority: 2 } },
    others: [{ network: 'back', endpoint: {} }],
  });
  expect(Object.keys(preflightSpec(spec({ primary }), undefined).primary?.endpoint ?? {})).toEqual([
    'GwPriority',
  ]);
});

it('writes to volumes of its own, to none of the host, and reads what only is read', () => {
  const host = {
    Binds: [
      'data:/data',
      'conf:/conf:ro',
      '/srv/files:/files',
      '/etc/x:/x:ro,z',
      '/run/d.sock:/run/d.sock:rw',
    ],
    Mounts: [
      { Type: 'volume', Source: 'a'.repeat(64), Target: '/cache' },
      { Type: 'volume', Source: 'keys', Target: '/keys', ReadOnly: true },
      { Type: 'bind', Source: '/srv', Target: '/srv' },
      { Type: 'bind', Source: '/etc', Target: '/etc/host', ReadOnly: true },
      { Type: 'tmpfs', Target: '/tmp' },
      { Type: 'image', Source: 'tools', Target: '/tools' },
    ],
    Tmpfs: { '/run': '' },
  };
  expect(hostOf(host)).toEqual({
    ...REDUCED,
    Binds: ['conf:/conf:ro', '/etc/x:/x:ro,z'],
    Mounts: [
      { Type: 'volume', Source: 'keys', Target: '/keys', ReadOnly: true },
      { Type: 'bind', Source: '/etc', Target: '/etc/host', ReadOnly: true },
      { Type: 'tmpfs', Target: '/tmp' },
      { Type: 'image', Source: 'tools', Target: '/tools' },
      { Type: 'volume', Target: '/data' },
      { Type: 'volume', Target: '/cache' },
    ],
    Tmpfs: { '/run': '' },
  });
});
