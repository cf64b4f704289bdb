import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type BuiltImage, buildImage, buildLayer, type LayerFile } from './image.ts';
import { nodeLayer } from './node-image.ts';

const APPLETS = ['sh', 'env', 'ln', 'mkdir', 'chown', 'mv', 'tar', 'gzip', 'cat', 'ls', 'id', 'find'];
const PASSWD = 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n';

/** An image as the official ones of Node are, as far as a Dockerfile uses them, with nothing fetched from anywhere. */
export async function npmImage(): Promise<BuiltImage> {
  const npm = realpathSync(
    join(execFileSync('npm', ['root', '--global'], { encoding: 'utf8' }).trim(), 'npm'),
  );
  const files = readdirSync(npm, { recursive: true, encoding: 'utf8' })
    .filter(name => statSync(join(npm, name)).isFile())
    .map((name): LayerFile => ({ path: `usr/lib/npm/${name}`, content: readFileSync(join(npm, name)) }));
  const own = await buildLayer([
    ...files,
    { path: 'usr/bin/npm', link: '../lib/npm/bin/npm-cli.js' },
    { path: 'bin/busybox', content: readFileSync('/bin/busybox') },
    ...APPLETS.map((name): LayerFile => ({ path: `bin/${name}`, link: 'busybox' })),
    { path: 'usr/bin/env', link: '../../bin/busybox' },
    { path: 'usr/local/bin/.keep', mode: 0o644 },
    { path: 'srv/.keep', mode: 0o644 },
    { path: 'etc/passwd', content: PASSWD, mode: 0o644 },
    { path: 'etc/group', content: 'root:x:0:\nnode:x:1000:\n', mode: 0o644 },
    { path: 'root/.keep', mode: 0o644 },
    { path: 'home/node/.keep', mode: 0o644 },
  ]);
  return buildImage([await nodeLayer(['librt.so.1']), own], { Env: ['PATH=/usr/local/bin:/usr/bin:/bin'] });
}
