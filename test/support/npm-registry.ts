import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** A registry of npm's that has what is installed in a checkout, and nothing else: no network is needed. */
export interface NpmRegistry {
  readonly url: string;
  close(): Promise<void>;
}

interface Installed {
  readonly folder: string;
  readonly manifest: { readonly name: string; readonly version: string };
}

/** Packages as npm's registry offers them (npm/registry, docs/responses/package-metadata.md). */
export async function startNpmRegistry(checkout: string): Promise<NpmRegistry> {
  const packages = findInstalled(checkout);
  const tarballs = new Map<string, Promise<Buffer>>();
  const tarballOf = ({ folder }: Installed) => {
    const known = tarballs.get(folder) ?? packFolder(folder);
    tarballs.set(folder, known);
    return known;
  };
  const describe = async (each: Installed, address: string) => {
    const integrity = `sha512-${createHash('sha512')
      .update(await tarballOf(each))
      .digest('base64')}`;
    const tarball = `${address}/-/${encodeURIComponent(each.folder)}`;
    return [each.manifest.version, { ...each.manifest, dist: { tarball, integrity } }] as const;
  };

  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(request.url ?? '/').slice(1);
    const address = `http://${request.headers.host}`;
    const asked = packages.find(({ folder }) => path === `-/${folder}`);
    if (asked !== undefined) return void response.end(await tarballOf(asked));
    const versions = packages.filter(({ manifest }) => manifest.name === path);
    if (versions.length === 0) return void response.writeHead(404).end('{}');
    const described = await Promise.all(versions.map(each => describe(each, address)));
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        name: path,
        'dist-tags': { latest: described[0]?.[0] },
        versions: Object.fromEntries(described),
      }),
    );
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

function findInstalled(checkout: string): readonly Installed[] {
  const { packages } = JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8'));
  const folders = Object.keys(packages).filter(path => path.includes('node_modules/'));
  const present = folders.map(path => join(checkout, path)).filter(existsSync);
  return present.map(folder => ({
    folder,
    manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
  }));
}

async function packFolder(folder: string): Promise<Buffer> {
  const tar = pack();
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const name of names) {
    const stats = statSync(join(folder, name));
    // Packages inside of packages are packages of their own.
    if (!stats.isFile() || /(^|\/)node_modules\//.test(name)) continue;
    tar.entry({ name: `package/${name}`, mode: stats.mode & 0o777 }, readFileSync(join(folder, name)));
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks), { level: 1 });
}
