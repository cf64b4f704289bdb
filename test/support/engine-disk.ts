import { spawnSync } from 'node:child_process';
import { mkdirSync, statfsSync } from 'node:fs';

/** More than any suite needs; memory is taken only for what is stored. */
const ROOMY = 2 * 1024 ** 3;

/** A disk in memory: quick, gone with the sandbox, and as small as a test wants it at the moment. */
export class Disk {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Mounts it. In the sandbox's own mount namespace, nobody else sees it. */
  mount(size = ROOMY): void {
    mkdirSync(this.folder, { recursive: true });
    mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', this.folder);
  }

  /** Leaves so many bytes of room beside what is stored, and no more. */
  fill(room = 0): void {
    const { bsize, blocks, bfree } = statfsSync(this.folder);
    // A size of nothing would mean one without limit.
    this.resize(Math.max((blocks - bfree) * bsize, bsize) + room);
  }

  /** Makes room again. */
  free(size = ROOMY): void {
    this.resize(size);
  }

  unmount(): void {
    run('umount', '-l', this.folder);
  }

  private resize(size: number): void {
    mount('-o', `remount,size=${size}`, this.folder);
  }
}

/** The disk that the shared engine keeps its data on. */
export function engineDisk(): Disk {
  return new Disk(process.env['SANDBOX_DISK'] ?? '');
}

function mount(...args: string[]): void {
  run('mount', ...args);
}

function run(program: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
}
