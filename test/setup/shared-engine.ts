import { fileURLToPath } from 'node:url';
import { Disk } from '../support/engine-disk.ts';
import { type EngineOptions, startEngine } from '../support/engine-process.ts';
import { podmanArgs } from '../support/podman-args.ts';

const ENTER_TREE = fileURLToPath(new URL('enter-tree.sh', import.meta.url));
const RUN_FOLDER = '/run/refreshd-sandbox/engine';

/** Other ways in which an engine is run; after the tree's name, as in `sid-containerd`. */
const VARIANTS: Readonly<Record<string, { readonly environment?: string; readonly config?: object }>> = {
  /** Images in containerd's store, where an image's id is the digest of its manifest or index. */
  containerd: { config: { features: { 'containerd-snapshotter': true } } },
  /** As newer engines are by default. */
  'min-1.44': { environment: 'DOCKER_MIN_API_VERSION=1.44' },
  'containerd-min-1.44': {
    config: { features: { 'containerd-snapshotter': true } },
    environment: 'DOCKER_MIN_API_VERSION=1.44',
  },
};

/** How the engine of that name is started: Debian's own, or one from a tree. */
function engineOptions(name: string, sandbox: string, trees: string): EngineOptions {
  const options = { folder: `${sandbox}/engine`, runFolder: RUN_FOLDER };
  if (name === 'debian') return options;
  if (name.endsWith('-podman')) {
    const program = ['unshare', '--mount', '--', ENTER_TREE, `${trees}/${name}`, sandbox, 'podman'];
    return { ...options, program, argsFor: podmanArgs };
  }
  const [tree = '', ...rest] = name.split('-');
  const { environment, config = {} } = VARIANTS[rest.join('-')] ?? {};
  const entering = ['unshare', '--mount', '--', ENTER_TREE, `${trees}/${tree}`, sandbox, 'dockerd'];
  return {
    ...options,
    config,
    program: environment === undefined ? entering : ['env', environment, ...entering],
  };
}

/** Starts the engine that all suites share, and ends it after them. */
export default async function setup(): Promise<() => Promise<void>> {
  const sandbox = process.env['SANDBOX_FOLDER'];
  if (sandbox === undefined) throw new Error('These suites need a private engine: run them with npm test.');
  const { SANDBOX_ENGINE: name = 'debian', SANDBOX_TREES: trees = '' } = process.env;
  // Its data lie on a disk of their own: quick, and a test can let that run full.
  const disk = new Disk(`${sandbox}/engine/data`);
  disk.mount();
  process.env['SANDBOX_DISK'] = disk.folder;
  const engine = await startEngine({ ...engineOptions(name, sandbox, trees), revive: true });
  process.env['SANDBOX_SOCKET'] = engine.socket;
  return () => engine.stop();
}
