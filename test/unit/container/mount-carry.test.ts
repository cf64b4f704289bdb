import { expect, it } from 'vitest';
import type { HostConfig, MountPoint } from '../../../src/container/inspected.ts';
import { carryMounts } from '../../../src/container/mount-carry.ts';

const volume = (Destination: string, Name: string, more: Partial<MountPoint> = {}): MountPoint => ({
  Type: 'volume',
  Name,
  Source: `/var/lib/docker/volumes/${Name}/_data`,
  Destination,
  RW: true,
  ...more,
});
const bind = (Destination: string, Source: string, more: Partial<MountPoint> = {}): MountPoint => ({
  Type: 'bind',
  Source,
  Destination,
  RW: true,
  ...more,
});
const ANONYMOUS = 'f'.repeat(64);

it.each<[string, HostConfig, MountPoint[], string[], Record<string, unknown>[]]>([
  ['nothing', {}, [], [], []],
  [
    'binds as they are',
    { Binds: ['/a:/b:ro', 'data:/c'] },
    [bind('/b', '/a'), volume('/c', 'data')],
    ['/a:/b:ro', 'data:/c'],
    [],
  ],
  [
    'a bind without a name by its name',
    { Binds: ['/data'] },
    [volume('/data', ANONYMOUS)],
    [`${ANONYMOUS}:/data`],
    [],
  ],
  ['a bind without a mount as it is', { Binds: ['/data'] }, [], ['/data'], []],
  [
    'a mount without a name by its name, and its options',
    { Mounts: [{ Type: 'volume', Target: '/data', ReadOnly: true, VolumeOptions: { NoCopy: true } }] },
    [volume('/data', ANONYMOUS)],
    [],
    [{ Type: 'volume', Source: ANONYMOUS, Target: '/data', ReadOnly: true, VolumeOptions: { NoCopy: true } }],
  ],
  [
    'mounts with a source as they are',
    {
      Mounts: [
        { Type: 'volume', Source: 'data', Target: '/a' },
        { Type: 'bind', Source: '/x', Target: '/b' },
      ],
    },
    [volume('/a', 'data'), bind('/b', '/x')],
    [],
    [
      { Type: 'volume', Source: 'data', Target: '/a' },
      { Type: 'bind', Source: '/x', Target: '/b' },
    ],
  ],
  [
    'memory as it is',
    { Mounts: [{ Type: 'tmpfs', Target: '/t', TmpfsOptions: { SizeBytes: 1 } }] },
    [{ Type: 'tmpfs', Destination: '/t', RW: true }],
    [],
    [{ Type: 'tmpfs', Target: '/t', TmpfsOptions: { SizeBytes: 1 } }],
  ],
  [
    'a volume of the image’s by its name',
    {},
    [volume('/data', ANONYMOUS)],
    [],
    [{ Type: 'volume', Source: ANONYMOUS, Target: '/data' }],
  ],
  [
    'volumes of another container, and whether they may be written',
    { VolumesFrom: ['other:ro'] },
    [volume('/data', 'shared', { RW: false }), bind('/etc/x', '/x', { RW: false, Propagation: 'rslave' })],
    [],
    [
      { Type: 'volume', Source: 'shared', Target: '/data', ReadOnly: true },
      {
        Type: 'bind',
        Source: '/x',
        Target: '/etc/x',
        ReadOnly: true,
        BindOptions: { Propagation: 'rslave' },
      },
    ],
  ],
])('carries %s', (_, host, points, binds, mounts) => {
  expect(carryMounts(host, points)).toEqual({ binds, mounts });
});

// The engine keeps the bind as it was written, but says in its mounts where that is.
it.each(['data:/data/', 'data://data', 'data:/data/.:ro'])('carries once what is bound as %s', bind => {
  expect(carryMounts({ Binds: [bind] }, [volume('/data', 'data')])).toEqual({ binds: [bind], mounts: [] });
});
