import { expect, it } from 'vitest';
import { writtenOutside } from '../../../src/container/written-outside.ts';

const CONTAINER = {
  Mounts: [{ Type: 'volume', Name: 'v', Destination: '/srv/data' }],
  HostConfig: { Tmpfs: { '/scratch/': '' } },
};
const added = (...paths: readonly string[]) => paths.map(Path => ({ Path, Kind: 1 }));

it.each<[string, Parameters<typeof writtenOutside>[0], readonly string[]]>([
  ['a file', added('/opt/notes.txt'), ['/opt/notes.txt']],
  ['of a new folder only the folder', added('/opt/a', '/opt/a/b', '/opt/ab'), ['/opt/a', '/opt/ab']],
  [
    'not what was changed or deleted',
    [
      { Path: '/etc/x', Kind: 0 },
      { Path: '/etc/y', Kind: 2 },
    ],
    [],
  ],
  ['not in places for passing things', added('/tmp', '/tmp/x', '/run/app.pid', '/var/cache/a'), []],
  ['not in a mount, nor the folders on the way to it', added('/srv', '/srv/data', '/srv/data/x'), []],
  ['not in a tmpfs', added('/scratch/x'), []],
  ['beside a mount', added('/srv/database'), ['/srv/database']],
  ['fit for a line', added('/opt/\u001b[31ma\nb'), ['/opt/a b']],
])('%s', (_, changes, expected) => {
  expect(writtenOutside(changes, CONTAINER)).toEqual(expected);
});
