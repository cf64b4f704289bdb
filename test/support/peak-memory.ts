import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Follows a process of ours on Linux (proc(5), VmHWM). @returns the most memory it had so far, in bytes */
export function followMemory(child: ChildProcess): () => number {
  let peak = 0;
  const look = setInterval(() => {
    peak = Math.max(peak, peakOf(child.pid));
  }, 20);
  child.on('close', () => clearInterval(look));
  return () => peak;
}

function peakOf(pid: number | undefined): number {
  try {
    const [, kilobytes = 0] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    return 0;
  }
}
