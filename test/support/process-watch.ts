import { readdirSync, readFileSync } from 'node:fs';

/** How often it is looked, in milliseconds: a process that starts another one lives longer. */
const OFTEN = 10;

/** Notes the command lines of a process and all that come from it, as everybody on the machine could. */
export function watchCommandLines(pid: number): { readonly lines: ReadonlySet<string>; stop(): void } {
  const lines = new Set<string>();
  const family = new Set([pid]);
  const look = () => {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const parent = Number(/^PPid:\s+(\d+)/m.exec(read(name, 'status'))?.[1]);
      if (family.has(parent)) family.add(Number(name));
      if (family.has(Number(name))) lines.add(read(name, 'cmdline').replaceAll('\0', ' '));
    }
  };
  const timer = setInterval(look, OFTEN);
  return { lines, stop: () => clearInterval(timer) };
}

function read(process: string, file: string): string {
  try {
    return readFileSync(`/proc/${process}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
