import { describe, expect, it } from 'vitest';
import { carryHost } from '../../../src/container/host-carry.ts';

const ENGINE = { logDriver: 'json-file' };
const carry = (host: Record<string, unknown>) => carryHost(host, ENGINE);

const MASKED = [
  ...['/proc/asound', '/proc/acpi', '/proc/kcore', '/proc/keys', '/proc/latency_stats', '/proc/timer_list'],
  ...['/proc/timer_stats', '/proc/sched_debug', '/proc/scsi', '/sys/firmware'],
];
const READONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

it.each([
  { Memory: 1024, NanoCpus: 5, OomScoreAdj: 0, Init: false, ShmSize: 64, AutoRemove: false },
  { NetworkMode: 'front', PidMode: 'host', IpcMode: 'private', CgroupnsMode: 'host', UsernsMode: '' },
  { CapAdd: ['NET_ADMIN'], CapDrop: [], Devices: [], Ulimits: [{ Name: 'nofile', Soft: 1, Hard: 2 }] },
  { PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '' }] }, PublishAllPorts: true },
  { Tmpfs: { '/tmp': 'size=1m' }, Sysctls: { 'net.core.somaxconn': '1' }, StorageOpt: { size: '1G' } },
  { SecurityOpt: ['no-new-privileges'], Privileged: true, ReadonlyRootfs: true, ConsoleSize: [24, 80] },
  { DeviceRequests: [{ Driver: 'nvidia', Count: -1 }], Annotations: { a: 'b' } },
  { AFieldOfTheFuture: { deep: [null, 0, ''] } },
])('carries as it is: %j', host => {
  expect(carry(host)).toEqual(host);
});

it.each([
  { RestartPolicy: { Name: 'always' } },
  { VolumesFrom: ['data'] },
  { Binds: ['/a:/b'], Mounts: [{ Type: 'tmpfs', Target: '/t' }] },
  { ContainerIDFile: '/x', Isolation: 'default' },
  { CpuCount: 1, CpuPercent: 2, IOMaximumIOps: 3, IOMaximumBandwidth: 4 },
  { MemorySwappiness: null, OomKillDisable: null, Links: null, MaskedPaths: null, ReadonlyPaths: null },
])('leaves out: %j', host => {
  expect(carry(host)).toEqual({});
});

describe('what the engine wrote by itself', () => {
  it.each([
    [
      'that a privileged container has no label',
      { Privileged: true, SecurityOpt: ['label=disable'] },
      { Privileged: true },
    ],
    ['the log driver that all have', { LogConfig: { Type: 'json-file', Config: {} } }, {}],
    ['that no runtime was chosen yet', { Runtime: '' }, {}],
    ['no log driver at all', { LogConfig: { Type: '', Config: null } }, {}],
    ['the paths that it masks', { MaskedPaths: MASKED, ReadonlyPaths: READONLY }, {}],
    [
      'the paths that a newer one masks',
      { MaskedPaths: [...MASKED, '/proc/interrupts', '/sys/devices/virtual/powercap'] },
      {},
    ],
    ['the paths that an older one protects', { ReadonlyPaths: ['/proc/asound', ...READONLY] }, {}],
  ])('is left out: %s', (_, host, expected) => {
    expect(carry(host)).toEqual(expected);
  });

  it.each([
    { SecurityOpt: ['label=disable'] },
    { LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } } },
    { LogConfig: { Type: 'none', Config: {} } },
    { MaskedPaths: [], ReadonlyPaths: [] },
    { MaskedPaths: [...MASKED, '/proc/mine'] },
    { MaskedPaths: MASKED.filter(path => path !== '/sys/firmware') },
    { ReadonlyPaths: ['/proc/sys'] },
  ])('is told from what the user wrote: %j', host => {
    expect(carry(host)).toEqual(host);
  });
});

it('writes links as they are given, not as they are shown', () => {
  const shown = { Links: ['/db:/web/database', '/project_cache_1:/web/cache', 'plain:alias'] };
  expect(carry(shown)).toEqual({ Links: ['db:database', 'project_cache_1:cache', 'plain:alias'] });
});

it('changes nothing about what it reads', () => {
  const host = Object.freeze({ Privileged: true, SecurityOpt: Object.freeze(['label=disable']) });
  expect(carry(host)).toEqual({ Privileged: true });
});
