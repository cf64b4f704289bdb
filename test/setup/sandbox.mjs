// A place where a private Docker Engine can live: its own network, mounts and processes, so that the machine's
// engine, containers and ports are out of reach, and all of it is gone when its first process ends.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './prepare.mjs';

/** What is made for one use and removed after it. */
const FOLDER = `${ROOT}/.sandbox`;

/** Programs that a private engine needs, and the Debian packages that bring them. */
const NEEDED = {
  dockerd: 'docker.io',
  containerd: 'containerd',
  runc: 'runc',
  iptables: 'iptables',
  ip: 'iproute2',
  unshare: 'util-linux',
  busybox: 'busybox-static',
};

/** Whether a private engine can be had here. @returns why not, or undefined */
export function whyNoSandbox() {
  if (process.platform !== 'linux') return 'a private engine needs Linux';
  if (process.getuid() !== 0) return 'a private engine needs root (try: sudo npm …)';
  if (missing(NEEDED).length > 0 && !onPath('apt-get'))
    return `${missing(NEEDED).join(', ')} must be installed first`;
  return undefined;
}

/** Installs the Debian packages that bring these programs, if they are missing. */
export function installPrograms(more = {}) {
  const wanted = { ...NEEDED, ...more };
  const packages = missing(wanted);
  if (packages.length === 0) return;
  console.log(`Installing Debian packages: ${packages.join(', ')} …`);
  withoutStartingServices(() => {
    apt('update');
    apt('install', '--yes', '--no-install-recommends', ...packages);
  });
}

function missing(programs) {
  return [...new Set(Object.entries(programs).flatMap(([program, name]) => (onPath(program) ? [] : [name])))];
}

function onPath(program) {
  return [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'].some(folder =>
    existsSync(join(folder, program)),
  );
}

function apt(...args) {
  const { status, stderr } = spawnSync('apt-get', ['-q', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status === 0) return;
  console.error(`apt-get ${args[0]} failed:\n${stderr}`);
  process.exit(1);
}

/** Debian starts a service when it installs it, unless this file says no (invoke-rc.d(8)). */
function withoutStartingServices(install) {
  const policy = '/usr/sbin/policy-rc.d';
  const isOurs = !existsSync(policy);
  if (isOurs) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    if (isOurs) rmSync(policy);
  }
}

/** Not by exec: the shell stays the first process, and as such clears away those that lost their parent. */
const INIT = `
set -e
mount -t tmpfs tmpfs /run
mkdir -p /run/lock /run/refreshd-sandbox
ip link set lo up
"$@"
exit 0
`;

let count = 0;

/**
 * Runs a program in a fresh sandbox and removes the sandbox after it. Several may run side by side.
 * @param options `environment` for the program; `quiet` keeps its output back until it has ended
 * @returns the program's exit code
 */
export async function inSandbox(program, args, { environment = {}, quiet = false } = {}) {
  const name = `run-${process.pid}-${count++}`;
  const folder = join(FOLDER, name);
  const cgroup = `refreshd-sandbox-${name}`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const isolation = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const child = spawn('unshare', [...isolation, '--', 'sh', '-c', INIT, 'sh', program, ...args], {
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    cwd: ROOT,
    env: {
      ...withoutDocker(process.env),
      SANDBOX_FOLDER: folder,
      SANDBOX_CGROUP: `/${cgroup}`,
      ...environment,
    },
  });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => said.push(chunk));
  // Ctrl-C reaches the child by itself; we stay to clean up.
  const stay = () => undefined;
  // unshare takes no notice of a SIGTERM; everything in the sandbox ends with it.
  const end = () => child.kill('SIGKILL');
  process.on('SIGINT', stay).on('SIGTERM', end);
  const status = await new Promise(resolve =>
    child.on('close', (code, signal) => resolve(signal === null ? code : 130)),
  );
  process.off('SIGINT', stay).off('SIGTERM', end);
  process.stdout.write(Buffer.concat(said));
  rmSync(folder, { recursive: true, force: true });
  removeIfEmpty();
  removeControlGroups('/sys/fs/cgroup', cgroup);
  // Podman cannot be told another parent for its own.
  if (environment.SANDBOX_ENGINE?.endsWith('-podman')) removeControlGroups('/sys/fs/cgroup', 'libpod_parent');
  return status;
}

/** Nothing is left behind, unless somebody keeps something there. */
export function removeIfEmpty() {
  if (existsSync(FOLDER) && readdirSync(FOLDER).length === 0) rmdirSync(FOLDER);
}

function withoutDocker(environment) {
  const entries = Object.entries(environment).filter(
    ([key]) => !/^(DOCKER_|REFRESHD_|COMPOSE_|SANDBOX_)/.test(key),
  );
  return { ...Object.fromEntries(entries), PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
}

/** Killed containers leave empty control groups behind. */
function removeControlGroups(root, name) {
  const hierarchies = existsSync(root) ? readdirSync(root) : [];
  for (const path of [join(root, name), ...hierarchies.map(each => join(root, each, name))])
    removeGroup(path);
}

function removeGroup(path) {
  if (!existsSync(path)) return;
  for (const name of readdirSync(path))
    if (statSync(join(path, name)).isDirectory()) removeGroup(join(path, name));
  try {
    rmdirSync(path);
  } catch {
    // A process in it is still ending; an empty group costs nothing.
  }
}
