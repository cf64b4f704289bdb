// Newer engines than this machine's Debian has, from newer Debians: each a tree of files that is entered by
// pivot_root, beside the machine's own packages and without touching them.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGES = 'docker.io,docker-cli,docker-compose,iptables,iproute2,ca-certificates';

/** Makes the trees of these Debian releases, those that are not there yet, side by side. */
export async function makeTrees(folder, releases) {
  const wanted = releases.filter(release => !existsSync(join(folder, release)));
  if (wanted.length === 0) return;
  console.log(`Making a tree of Debian ${wanted.join(' and of ')} for newer engines …`);
  mkdirSync(folder, { recursive: true });
  const mirror = findMirror();
  await Promise.all(wanted.map(release => makeTree(folder, release, mirror)));
}

function makeTree(folder, release, mirror) {
  const unfinished = join(folder, `${release}.unfinished`);
  rmSync(unfinished, { recursive: true, force: true });
  const args = ['--variant=minbase', `--include=${PACKAGES}`, release, unfinished, ...mirror];
  const child = spawn('debootstrap', args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => (said = (said + chunk).slice(-2000)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => {
      if (code !== 0) return reject(new Error(`debootstrap ${release} failed (exit code ${code}):\n${said}`));
      renameSync(unfinished, join(folder, release));
      resolve();
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
