import { expect, it } from 'vitest';
import { containerIdIn, ownContainerId } from '../../../src/base/own-container.ts';

const ID = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
const ROOT = '100 99 0:50 / / rw,relatime - overlay overlay rw';
const mounted = (from: string, at: string) => `101 100 254:0 ${from} ${at} rw,relatime - ext4 /dev/vda rw`;

it.each([
  ['Docker', mounted(`/var/lib/docker/containers/${ID}/hostname`, '/etc/hostname'), ID],
  ['Podman', mounted(`/containers/storage/overlay-containers/${ID}/userdata/hostname`, '/etc/hostname'), ID],
  [
    'no container, on a host that has some',
    mounted('/', `/var/lib/docker/containers/${OTHER}/mounts/shm`),
    undefined,
  ],
  ['no container, with a host name of its own', mounted('/srv/hostname', '/etc/hostname'), undefined],
])('a process knows that it is in %s', (_, line, expected) => {
  expect(containerIdIn(`${ROOT}\n${line}\n`)).toBe(expected);
});

it('is in none here', () => {
  expect(ownContainerId()).toBe(undefined);
});
