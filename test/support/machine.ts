import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Disk } from './engine-disk.ts';
import type { CommandResult } from './lab.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const BOOT = fileURLToPath(new URL('../setup/boot-machine.sh', import.meta.url));
/** What of the checkout a package has beside its dependencies. */
const PACKAGE = ['dist', 'systemd', 'launchd', 'package.json'];
const PATH = '/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin';

/** Where refreshd and Node are in a machine: for everybody, and as root alone has them. */
export const FOR_ALL = { node: '/usr/local/bin/node', refreshd: '/opt/refreshd' };
export const FOR_ROOT = { node: '/root/.nvm/versions/node/v20.0.0/bin/node', refreshd: '/root/refreshd' };

/**
 * A Debian with a systemd and an engine of its own, booted by systemd-nspawn. It shares the sandbox's network; its
 * disk lasts over a reboot, and is gone with it.
 */
export class Machine {
  /** Its engine's socket, whichever boot it is. */
  readonly socket: string;
  readonly #folder: string;
  readonly #root: string;
  #nspawn: ChildProcess | undefined;
  #init = 0;

  constructor() {
    this.#folder = join(process.env['SANDBOX_FOLDER'] ?? '', 'machine');
    this.#root = join(this.#folder, 'root');
    this.socket = '/run/refreshd-sandbox/machine.sock';
    const tree = join(process.env['SANDBOX_TREES'] ?? '', process.env['SANDBOX_ENGINE'] ?? '');
    new Disk(this.#folder).mount();
    for (const name of ['upper', 'work', 'docker', 'root']) mkdirSync(join(this.#folder, name));
    const layers = `lowerdir=${realpathSync(tree)},upperdir=${this.#folder}/upper,workdir=${this.#folder}/work`;
    must('mount', '-t', 'overlay', '-o', layers, 'overlay', this.#root);
    for (const { refreshd } of [FOR_ALL, FOR_ROOT]) {
      mkdirSync(this.path(refreshd), { recursive: true, mode: 0o755 });
      must('cp', '--recursive', ...PACKAGE.map(name => join(CHECKOUT, name)), this.path(refreshd));
    }
  }

  /** A file of the machine, as seen from here. */
  path(inside: string): string {
    return join(this.#root, inside);
  }

  /** Switches it on, and waits until everything is up. */
  async boot(): Promise<void> {
    const binds = [FOR_ALL, FOR_ROOT].flatMap(({ node, refreshd }) => [
      `--bind-ro=${realpathSync(process.execPath)}:${node}`,
      `--bind-ro=${join(CHECKOUT, 'node_modules')}:${refreshd}/node_modules`,
    ]);
    const cgroup = (process.env['SANDBOX_CGROUP'] ?? '/refreshd-sandbox').slice(1);
    this.#nspawn = spawn(
      BOOT,
      [
        ...[`${cgroup}/machine`, '--quiet', '--register=no', '--keep-unit', '--console=pipe'],
        ...['--capability=all', `--directory=${this.#root}`, `--bind=${this.#folder}/docker:/var/lib/docker`],
        ...binds,
        '--boot',
      ],
      // An engine needs more than a container is usually let.
      { env: { PATH, SYSTEMD_SECCOMP: '0', SYSTEMD_NSPAWN_API_VFS_WRITABLE: '1' }, stdio: 'ignore' },
    );
    const { pid } = this.#nspawn;
    await this.#until('it has a first process', () => {
      this.#init = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
      return this.#init > 0 && readFileSync(`/proc/${this.#init}/comm`, 'utf8') === 'systemd\n';
    });
    // Older control groups are given to a container for reading only.
    await this.sh('for each in /sys/fs/cgroup/*; do mount -o remount,bind,rw $each; done 2>/dev/null; true');
    await this.#until('everything is up', async () => {
      const { stdout } = await this.run('systemctl', 'is-system-running');
      if (stdout === 'degraded\n') throw new Error(await this.sh('systemctl --failed --no-pager'));
      return stdout === 'running\n';
    });
    rmSync(this.socket, { force: true });
    symlinkSync(`/proc/${this.#init}/root/run/docker.sock`, this.socket);
  }

  /** Shuts it down as a person does. */
  async powerOff(): Promise<void> {
    const nspawn = this.#nspawn;
    if (nspawn === undefined || nspawn.exitCode !== null) return;
    const ended = new Promise(resolve => nspawn.once('exit', resolve));
    await this.run('systemctl', 'poweroff');
    await ended;
  }

  async close(): Promise<void> {
    this.#nspawn?.kill('SIGKILL');
    if (this.#init > 0 && existsSync(`/proc/${this.#init}`)) process.kill(this.#init, 'SIGKILL');
    await sleep(200);
    spawnSync('umount', ['-l', this.#root]);
    new Disk(this.#folder).unmount();
  }

  /** Runs a command in it, as root. */
  run(...command: readonly string[]): Promise<CommandResult> {
    const enter = ['--all', '--target', String(this.#init), '--wdns=/', '--'];
    return new Promise(resolve => {
      execFile(
        'nsenter',
        [...enter, 'env', '-i', `PATH=${PATH}`, 'HOME=/root', ...command],
        { encoding: 'utf8' },
        (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
  }

  /** The same with a shell in between. @throws if it fails */
  async sh(script: string): Promise<string> {
    const { code, stdout, stderr } = await this.run('sh', '-c', script);
    if (code !== 0) throw new Error(`in the machine, exit code ${code}: ${script}\n${stderr}`);
    return stdout;
  }

  /** A property of a unit, as systemd tells it. */
  async property(name: string, ...systemctl: readonly string[]): Promise<string> {
    const { stdout } = await this.run(
      'systemctl',
      ...systemctl,
      'show',
      `--property=${name}`,
      '--value',
      'refreshd',
    );
    return stdout.trim();
  }

  async #until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    for (let attempt = 0; attempt < 600; attempt++) {
      if (this.#nspawn?.exitCode !== null) break;
      if (await condition()) return;
      await sleep(100);
    }
    throw new Error(`the machine did not boot: waited in vain until ${what}`);
  }
}

function must(program: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
}
