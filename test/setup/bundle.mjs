import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { rolldown } from 'rolldown';
import { ROOT } from './prepare.mjs';

const DEVELOPMENT_FOLDER = join(ROOT, 'node_modules') + sep;
/** What dockerode needs to build images, and for a way by ssh that is not ours: it takes longer to load than all else of it. */
const NEVER_USED = Object.fromEntries(
  ['@grpc/grpc-js', '@grpc/proto-loader', 'protobufjs', 'tar-fs', '@balena/dockerignore', 'ssh2'].map(
    name => [name, false],
  ),
);

/**
 * Modules that are loaded together, each group from one file: a file takes longer to find and open than to read. What
 * every command begins with and what the daemon waits with stay apart from all else, which would make them slow and large.
 */
const TOGETHER = [
  { name: 'start', test: /src[/\\](?!cli[/\\]main)/, tags: ['$initial'], priority: 3 },
  { name: 'clock', test: /src[/\\](base[/\\]clock|daemon[/\\]signals)/, priority: 2 },
  { name: 'foundation', test: /src[/\\](container|image|journal|plan)[/\\]/, minShareCount: 2, priority: 1 },
];

/**
 * Puts a program and what it uses of its packages into a few files, which load in half the time of a thousand.
 * They stay readable: whoever gives a program the engine's socket may want to look at it.
 * @param main path of the program, below `src`
 * @param folder where the files go, as deep below the package's folder as `src/*`, see package-folder.ts
 * @returns the folders of the packages that are in it
 */
export async function bundle(main, folder) {
  const bundler = await rolldown({
    input: join(ROOT, 'src', main),
    cwd: ROOT,
    platform: 'node',
    resolve: { alias: { ...NEVER_USED, undici$: join(ROOT, 'test/setup/part-of-undici.cjs') } },
    transform: { define: { __dirname: 'import.meta.dirname' } },
    onLog: (level, log) => {
      throw new Error(`The bundle: ${level}: ${log.message}`);
    },
  });
  const { output } = await bundler.write({
    dir: folder,
    chunkFileNames: '[name].js',
    comments: { legal: true },
    codeSplitting: { groups: TOGETHER },
  });
  await bundler.close();
  return packagesOf(output.flatMap(({ moduleIds }) => moduleIds ?? []));
}

function packagesOf(modules) {
  const pattern = /^.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+/;
  const folders = modules.flatMap(id => (id.startsWith(DEVELOPMENT_FOLDER) ? [pattern.exec(id)[0]] : []));
  return [...new Set(folders)].sort();
}

/** Writes down whose work is in a bundle, in which version and on what terms. */
export function writeNotices(file, packages) {
  const notices = packages.map(folder => {
    const { name, version, license, licenses } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    );
    const identifier = license ?? licenses.map(({ type }) => type).join(' OR ');
    const terms = readdirSync(folder)
      .filter(each => /^(licen[cs]e|notice)/i.test(each))
      .sort();
    const texts = terms.map(each => readFileSync(join(folder, each), 'utf8').trim());
    return [`${name} ${version} (${identifier})`, ...texts].join('\n\n');
  });
  writeFileSync(file, `refreshd contains parts of:\n\n${notices.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
}
