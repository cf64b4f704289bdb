import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Lab, until } from './lab.ts';

/** What an engine is made of, beside the processes in its containers. */
const PROGRAMS = /^(dockerd|docker-proxy|containerd|containerd-shim.*|runc)$/;

/** Ends the engine that the tests run on, in one way or another. Whoever started it starts it again. */
export class EnginePower {
  readonly #lab: Lab;
  readonly #runFolder: string;
  #ended: number | undefined;

  constructor(lab: Lab) {
    this.#lab = lab;
    this.#runFolder = dirname(lab.socket);
  }

  /** As an init system does. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** Without a word; containers and containerd go on. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** As if the machine had lost its power: everything at once, and what was held in memory alone is gone. */
  async cut(): Promise<void> {
    const engine = this.#pid();
    process.kill(engine, 'SIGSTOP');
    for (const pid of processesOfEngine().filter(each => each !== engine))
      tryTo(() => process.kill(pid, 'SIGKILL'));
    forget(join(this.#runFolder, 'exec'));
    await this.#end('SIGKILL');
  }

  async untilBack(): Promise<void> {
    const isBack = async () => {
      try {
        return this.#pid() !== this.#ended && (await this.#lab.api('GET', '/_ping')).status === 200;
      } catch {
        return false;
      }
    };
    await until('the engine is back', isBack, 90_000);
  }

  #pid(): number {
    return Number(readFileSync(join(this.#runFolder, 'docker.pid'), 'utf8'));
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const pid = this.#pid();
    this.#ended = pid;
    process.kill(pid, signal);
    await until('the engine has ended', () => tryTo(() => process.kill(pid, 0)) === undefined, 60_000);
  }
}

function processesOfEngine(): readonly number[] {
  const ours = readlinkSync('/proc/self/ns/pid');
  return readdirSync('/proc')
    .map(Number)
    .filter(pid => {
      const isInside = tryTo(() => readlinkSync(`/proc/${pid}/ns/pid`) !== ours) ?? false;
      const program = tryTo(() => basename(readlinkSync(`/proc/${pid}/exe`))) ?? '';
      return pid > 0 && (isInside || PROGRAMS.test(program));
    });
}

/** A folder in memory, with what is mounted in it. */
function forget(folder: string): void {
  const mounted = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map(line => line.split(' ')[1] ?? '')
    .filter(path => path.startsWith(`${folder}/`));
  for (const path of mounted.toReversed())
    tryTo(() => execFileSync('umount', ['--lazy', path], { stdio: 'ignore' }));
  rmSync(folder, { recursive: true, force: true });
}

/** Processes and mounts come and go by themselves. */
function tryTo<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
