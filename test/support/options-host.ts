import fc from 'fast-check';
import { type Fields, oneOf } from './options-inherited.ts';
import { binds, mounts } from './options-mounts.ts';

/*
 * The settings that belong to the container alone. Most values are such that a container with them can be
 * started; those that are not (devices of another machine, say) can at least be created.
 */

const GIGA = 1_000_000_000;
const MEGA = 1024 * 1024;
const flag = fc.boolean();
const list = (...values: readonly string[]) => fc.subarray([...values], { minLength: 1 });

/** Settings of the create body's first level that no image has a say in. */
const OWN: Record<string, fc.Arbitrary<unknown>> = {
  Hostname: oneOf('box', 'box.example.test'),
  Domainname: oneOf('example.test'),
  Tty: flag,
  OpenStdin: flag,
  StdinOnce: flag,
  AttachStdin: flag,
  AttachStdout: flag,
  AttachStderr: flag,
  StopTimeout: oneOf(0, 1, 30),
  NetworkDisabled: oneOf(false),
};

const ports = fc
  .uniqueArray(
    fc.tuple(
      oneOf('81/tcp', '83/tcp', '84/udp', '85/sctp'),
      fc.array(
        fc.record(
          {
            HostIp: oneOf('127.0.0.1', '127.0.0.2', '0.0.0.0', '', '::1', '::'),
            HostPort: oneOf('', '0', '18201', '18300-18399', '18400-18499'),
          },
          { requiredKeys: ['HostPort'] },
        ),
        { minLength: 1, maxLength: 2 },
      ),
    ),
    { minLength: 1, maxLength: 2, selector: ([port]) => port },
  )
  .map(all => Object.fromEntries(all));

const RESTART = [
  { Name: 'no' },
  { Name: 'always' },
  { Name: 'unless-stopped' },
  { Name: 'on-failure', MaximumRetryCount: 3 },
];
const LOGS = [
  { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
  { Type: 'json-file', Config: {} },
  { Type: 'local', Config: { compress: 'false' } },
  { Type: 'none', Config: {} },
  { Type: 'syslog', Config: { 'syslog-address': 'udp://127.0.0.1:18514', tag: '{{.Name}}' } },
  { Type: '', Config: { 'max-size': '5m' } },
];

const SECURITY: Record<string, fc.Arbitrary<unknown>> = {
  CapAdd: list('NET_ADMIN', 'CAP_SYS_TIME', 'sys_nice'),
  CapDrop: list('MKNOD', 'CAP_CHOWN', 'ALL'),
  Privileged: flag,
  SecurityOpt: list(
    'no-new-privileges',
    'label=disable',
    'seccomp=unconfined',
    'apparmor=unconfined',
    'label=role:system_r',
  ),
  ReadonlyRootfs: flag,
  UsernsMode: oneOf('host', ''),
  GroupAdd: list('1000', 'service'),
  MaskedPaths: oneOf([], ['/proc/kcore']),
  ReadonlyPaths: oneOf([], ['/proc/bus', '/proc/fs']),
  Devices: oneOf([{ PathOnHost: '/dev/null', PathInContainer: '/dev/nothing', CgroupPermissions: 'r' }]),
  DeviceRequests: oneOf(
    [{ Driver: '', Count: -1, DeviceIDs: null, Capabilities: [['gpu']], Options: {} }],
    [{ Driver: 'cdi', DeviceIDs: ['vendor.example/device=one'] }],
    [{ Driver: 'nvidia', DeviceIDs: ['0', '1'], Capabilities: [['gpu', 'utility']], Options: { a: 'b' } }],
  ),
  DeviceCgroupRules: oneOf(['c 1:3 r']),
};

const RESOURCES: Record<string, fc.Arbitrary<unknown>> = {
  Memory: oneOf(64 * MEGA, 128 * MEGA),
  MemorySwap: oneOf(-1, 256 * MEGA),
  MemoryReservation: oneOf(32 * MEGA),
  MemorySwappiness: oneOf(0, 60),
  OomKillDisable: flag,
  OomScoreAdj: oneOf(-500, 500),
  NanoCpus: oneOf(GIGA / 2),
  CpuShares: oneOf(512),
  CpuPeriod: oneOf(50_000),
  CpuQuota: oneOf(25_000, -1),
  CpuRealtimePeriod: oneOf(0),
  CpusetCpus: oneOf('0'),
  CpusetMems: oneOf('0'),
  PidsLimit: oneOf(0, 64, -1),
  BlkioWeight: oneOf(300),
  BlkioWeightDevice: oneOf([{ Path: '/dev/null', Weight: 200 }]),
  BlkioDeviceReadBps: oneOf([{ Path: '/dev/null', Rate: MEGA }]),
  BlkioDeviceWriteBps: oneOf([{ Path: '/dev/null', Rate: MEGA }]),
  BlkioDeviceReadIOps: oneOf([{ Path: '/dev/null', Rate: 100 }]),
  BlkioDeviceWriteIOps: oneOf([{ Path: '/dev/null', Rate: 100 }]),
  Ulimits: oneOf([
    { Name: 'nofile', Soft: 512, Hard: 1024 },
    { Name: 'nproc', Soft: 64, Hard: 64 },
  ]),
  ShmSize: oneOf(8 * MEGA),
  StorageOpt: oneOf({}, {}, { size: '1G' }),
};

const SURROUNDINGS: Record<string, fc.Arbitrary<unknown>> = {
  Init: flag,
  Sysctls: oneOf({ 'net.ipv4.ip_unprivileged_port_start': '0' }, { 'kernel.msgmax': '65536' }),
  PidMode: oneOf('host', 'container:peer'),
  IpcMode: oneOf('none', 'private', 'shareable', 'host', 'container:peer'),
  UTSMode: oneOf('host'),
  CgroupnsMode: oneOf('host', 'private'),
  Runtime: oneOf('runc', 'io.containerd.runc.v2'),
  VolumeDriver: oneOf('local'),
  RestartPolicy: oneOf(...RESTART),
  LogConfig: oneOf(...LOGS),
  Dns: list('192.0.2.53', '192.0.2.54'),
  DnsOptions: list('ndots:2', 'rotate'),
  DnsSearch: list('example.test', '.'),
  ExtraHosts: list('db:192.0.2.9', 'host.docker.internal:host-gateway'),
  PublishAllPorts: flag,
  PortBindings: ports,
  Tmpfs: oneOf({ '/t': '' }, { '/t': 'rw,noexec,size=1m', '/t2/': 'mode=700' }),
  VolumesFrom: oneOf(['peer'], ['peer:ro']),
  Links: oneOf(['peer'], ['peer:database']),
  Annotations: oneOf({ 'org.example.note': 'one' }, {}),
  ConsoleSize: oneOf([24, 80]),
};

/** About one in eight of all these settings, so that the engine has no objection to most requests. */
function few(all: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Fields> {
  const rarely = Object.entries(all).map(([key, arbitrary]) =>
    fc.oneof(
      { weight: 7, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: arbitrary.map(value => [key, value] as const) },
    ),
  );
  return fc.tuple(...rarely).map(pairs => Object.fromEntries(pairs.filter(pair => pair !== undefined)));
}

export const ownConfig = (): fc.Arbitrary<Fields> => few(OWN);

/** What the host has for its containers. */
export interface Host {
  /** A folder that may be bound. */
  readonly folder: string;
  /** A control group that is removed after the tests. */
  readonly cgroup: string;
}

export const hostConfig = ({ folder, cgroup }: Host): fc.Arbitrary<Fields> =>
  few({
    ...SECURITY,
    ...RESOURCES,
    ...SURROUNDINGS,
    CgroupParent: oneOf(`${cgroup}/case`),
    Binds: binds(folder),
    Mounts: mounts(folder),
  });
