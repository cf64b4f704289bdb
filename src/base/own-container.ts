import { readFileSync } from 'node:fs';

/** Engines put a container's host name into a file of its own and mount that: the one place that always names it. */
const HOST_NAME_FILE = /\/([0-9a-f]{64})\/(?:userdata\/)?hostname$/;

/**
 * The id of the container that a process runs in.
 * @param mountInfo the process's mounts (proc(5), /proc/pid/mountinfo: the fourth field is what is mounted, the
 *   fifth where)
 * @returns undefined if it runs in none
 */
export function containerIdIn(mountInfo: string): string | undefined {
  for (const line of mountInfo.split('\n')) {
    const [, , , root = '', place] = line.split(' ');
    const [, id] = place === '/etc/hostname' ? (HOST_NAME_FILE.exec(root) ?? []) : [];
    if (id !== undefined) return id;
  }
  return undefined;
}

/** The id of the container that this process runs in; undefined where it runs in none, or that cannot be told. */
export function ownContainerId(): string | undefined {
  try {
    return containerIdIn(readFileSync('/proc/self/mountinfo', 'utf8'));
  } catch {
    return undefined;
  }
}
