import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultKind } from './fault-kinds.ts';

/** The disk of the state folder goes wrong in the middle of a run, and is well again before the next one. */
export const STATE_FAULTS: readonly FaultKind[] = [
  diskFault('state disk fills up', fill, home => rmSync(fillerOf(home))),
  diskFault('state disk turns read-only', remount('ro'), remount('rw')),
];

function diskFault(name: string, spoil: (home: string) => void, repair: (home: string) => void): FaultKind {
  return {
    name,
    isTriedOn: ({ kind, phase }) => kind === 'change' && phase !== 'no journal',
    prepare: mountSmallDisk,
    meet: ({ home }) => ({ kind: 'pass', tell: () => spoil(home) }),
    meanwhile: repair,
    tidy: home => void execFileSync('umount', [stateOf(home)]),
  };
}

function mountSmallDisk(home: string): void {
  mkdirSync(stateOf(home), { mode: 0o700 });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=0700', 'tmpfs', stateOf(home)]);
}

function fill(home: string): void {
  for (let size = 65_536; size >= 512; size /= 2) {
    try {
      for (;;) writeFileSync(fillerOf(home), Buffer.alloc(size), { flag: 'a' });
    } catch {
      // Then less of it.
    }
  }
}

function remount(mode: 'ro' | 'rw'): (home: string) => void {
  return home => void execFileSync('mount', ['-o', `remount,${mode}`, stateOf(home)]);
}

function stateOf(home: string): string {
  return join(home, 'state');
}

function fillerOf(home: string): string {
  return join(stateOf(home), 'filler');
}
