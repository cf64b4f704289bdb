import { fileURLToPath } from 'node:url';
import { type EngineOptions, startEngine } from '../support/engine-process.ts';

const ENTER_TREE = fileURLToPath(new URL('enter-tree.sh', import.meta.url));
const RUN_FOLDER = '/run/refreshd-sandbox/engine';

/** How the engine of that name is started: Debian's own, or one from a tree. */
export function engineOptions(name: string, sandbox: string, trees: string): EngineOptions {
  const folder = `${sandbox}/engine`;
  if (name === 'debian') return { folder, runFolder: RUN_FOLDER };
  const program = ['unshare', '--mount', '--', ENTER_TREE, `${trees}/${name}`, sandbox, 'dockerd'];
  return { folder, runFolder: RUN_FOLDER, program };
}

/** Starts the engine that all suites share, and ends it after them. */
export default async function setup(): Promise<() => Promise<void>> {
  const sandbox = process.env['SANDBOX_FOLDER'];
  if (sandbox === undefined) throw new Error('These suites need a private engine: run them with npm test.');
  const { SANDBOX_ENGINE: name = 'debian', SANDBOX_TREES: trees = '' } = process.env;
  const engine = await startEngine({ ...engineOptions(name, sandbox, trees), revive: true });
  process.env['SANDBOX_SOCKET'] = engine.socket;
  return () => engine.stop();
}
