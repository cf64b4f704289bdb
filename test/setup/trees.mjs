// Newer engines than this machine's Debian has, from newer Debians: each a tree of files that is entered by
// pivot_root, beside the machine's own packages and without touching them.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const COMMON = ['iptables', 'iproute2', 'ca-certificates'];
/** Also what signs images: cosign 2 in trixie, cosign 3 in sid. */
const DOCKER = ['docker.io', 'docker-cli', 'docker-compose', 'cosign', ...COMMON];
const PODMAN = ['podman', 'runc', 'conmon', 'netavark', 'aardvark-dns', 'nftables', ...COMMON];
/** A machine that boots, with what people have on theirs; Node is this machine's, and needs the last. */
const SYSTEMD = [
  'systemd-sysv',
  'dbus',
  'dbus-user-session',
  'libpam-systemd',
  'polkitd',
  'docker.io',
  'libstdc++6',
  ...COMMON,
];
const OF_KIND = { podman: PODMAN, systemd: SYSTEMD };

/** The name of the tree that an engine is in: `sid` for `sid-containerd`; some kinds are in trees of their own. */
export function treeOf(engine) {
  const [release, kind] = engine.split('-');
  return kind in OF_KIND ? engine : release;
}

/**
 * Makes the trees of these engines and programs that are not there yet, side by side.
 * @returns those that cannot be had today, and why: an unfinished Debian may lack something on any day
 */
export async function makeTrees(folder, engines) {
  const trees = new Set(engines.filter(name => name !== 'debian').map(treeOf));
  const wanted = [...trees].filter(tree => !existsSync(join(folder, tree)));
  if (wanted.length === 0) return [];
  console.log(`Making trees of Debian for other engines: ${wanted.join(', ')} …`);
  mkdirSync(folder, { recursive: true });
  const mirror = findMirror();
  const problems = await Promise.all(wanted.map(tree => makeTree(folder, tree, mirror)));
  return wanted.flatMap((tree, index) =>
    problems[index] === undefined ? [] : [{ tree, problem: problems[index] }],
  );
}

/** @returns what went wrong, or undefined */
function makeTree(folder, tree, mirror) {
  const unfinished = join(folder, `${tree}.unfinished`);
  const [release, kind] = tree.split('-');
  const packages = OF_KIND[kind] ?? DOCKER;
  rmSync(unfinished, { recursive: true, force: true });
  const args = ['--variant=minbase', `--include=${packages.join(',')}`, release, unfinished, ...mirror];
  // Interrupted, it would leave /proc in the tree, for whoever removes the folder: mounts of its own end with it.
  const child = spawn('unshare', ['--mount', 'debootstrap', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => (said = (said + chunk).slice(-2000)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => {
      if (code === 0) renameSync(unfinished, join(folder, tree));
      resolve(code === 0 ? undefined : `its packages cannot be installed (debootstrap: ${code}):\n${said}`);
    });
  });
}

/** The mirror that this machine's apt uses; debootstrap's own default where that cannot be told. */
function findMirror() {
  const { stdout } = spawnSync(
    'apt-get',
    ['indextargets', '--format', '$(ORIGIN) $(LABEL) $(REPO_URI)', 'Created-By: Packages'],
    { encoding: 'utf8' },
  );
  const line = (stdout ?? '').split('\n').find(each => each.startsWith('Debian Debian http'));
  return line === undefined ? [] : [line.split(' ')[2]];
}
