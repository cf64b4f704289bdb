import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildLayer, type Layer } from './image.ts';

/**
 * A layer with the Node that runs this, and the libraries it is linked to: all that a service written for Node
 * needs, with nothing to be fetched from anywhere.
 * @param more names of further libraries of the C library
 */
export async function nodeLayer(more: readonly string[] = []): Promise<Layer> {
  const { stdout } = spawnSync('ldd', [process.execPath], { encoding: 'utf8' });
  // "libm.so.6 => /lib/…/libm.so.6 (0x…)", or the loader by its path alone.
  const linked = [...(stdout ?? '').matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path = '']) => path);
  const folder = dirname(linked.find(path => path.endsWith('/libc.so.6')) ?? '');
  const libraries = new Set([...linked, ...more.map(name => join(folder, name))]);
  return buildLayer([
    { path: 'bin/node', content: readFileSync(process.execPath) },
    ...[...libraries].map(path => ({ path: path.slice(1), content: readFileSync(path) })),
    { path: 'tmp/.keep', mode: 0o644 },
  ]);
}
