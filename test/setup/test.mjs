// npm test: does all set-up itself, then format, lint, types, and every suite there is.
//   npm test                       all of it
//   npm test -- --engine trixie    only what needs an engine, on that one (shared-engine.ts has the variants)
//   npm test -- test/engine/x      only these files
//   npm run test:long              the engine suites with every fault and many random kills, on more engines;
//                                  then the benchmark
import { bin, build, installPackages, must, ROOT } from './prepare.mjs';
import { inSandbox, installPrograms, whyNoSandbox } from './sandbox.mjs';
import { makeTrees, treeOf } from './trees.mjs';

/** Debian's own engine (20.10 on Debian 12), a newer one, and the newest in its newest arrangement. */
const ENGINES = ['debian', 'trixie', 'sid-containerd-min-1.44'];
/**
 * What may break at any instant breaks the same way everywhere, so one engine goes through all of it. The third
 * differs from the second in how images and containers are told, so it goes through what depends on that.
 */
const PARTS = {
  trixie: { files: ['test/engine', 'test/e2e'] },
  'sid-containerd-min-1.44': {
    files: ['fidelity', 'update', 'sets', 'rollback'].map(name => `test/engine/${name}.test.ts`),
    environment: { FIDELITY_CASES: '12' },
  },
};
/** What Podman is not, the other suites expect; it has one of its own. */
const ON_PODMAN = { files: ['test/engine/podman.test.ts'] };
/** What the suites use beside a private engine. */
const PROGRAMS = { 'docker-registry': 'docker-registry', debootstrap: 'debootstrap', faketime: 'faketime' };

/** Where nobody waits for it. */
const LONG_ENGINES = ['debian', 'trixie', 'sid', 'sid-containerd', 'sid-min-1.44', 'trixie-podman'];

const given = process.argv.slice(2).filter(each => each !== '--long');
const isLong = process.argv.includes('--long');
const engineAt = given.indexOf('--engine');
const [, engine] = engineAt < 0 ? [] : given.splice(engineAt, 2);
const usual = isLong ? LONG_ENGINES : ENGINES;
const engines = engine === undefined ? usual : [engine];
const isAll = given.length === 0 && engine === undefined && !isLong;

installPackages();
build();
if (isAll) {
  must('Format and lint', bin('biome'), ['ci', '.']);
  must('Types', bin('tsc'), ['-p', 'test']);
  must('The unit suites', bin('vitest'), ['run', '--project', 'unit']);
}

const reason = whyNoSandbox();
if (reason === undefined) await testOnEngines();
else skipAloud('every suite that needs a Docker engine', reason);
if (isLong && reason === undefined) must('The benchmark', process.execPath, ['test/setup/bench.mjs']);

async function testOnEngines() {
  installPrograms(PROGRAMS);
  const trees = `${ROOT}/.sandbox/trees`;
  const missing = await makeTrees(trees, engines);
  for (const { tree, problem } of missing) skipAloud(`every suite on Debian ${tree}`, problem);
  const present = engines.filter(name => !missing.some(({ tree }) => tree === treeOf(name)));
  console.log(`\nSuites on real engines, side by side: ${present.join(', ')}. This takes some minutes.`);
  const results = await Promise.all(present.map((name, index) => testOn(name, trees, index > 0)));
  const failed = results.find(status => status !== 0);
  if (failed !== undefined) process.exit(failed);
}

function testOn(name, trees, quiet) {
  const part = name.endsWith('-podman') ? ON_PODMAN : isAll ? PARTS[name] : undefined;
  const environment = {
    SANDBOX_ENGINE: name,
    SANDBOX_TREES: trees,
    ...(isLong && { REFRESHD_TEST_LONG: '1' }),
    ...part?.environment,
  };
  const files = given.length > 0 ? given : (part?.files ?? []);
  return inSandbox(bin('vitest'), ['run', '--project', 'engine', ...files], { environment, quiet });
}

/** On a person's laptop that is worth saying; where tests decide something, it is a failure. */
function skipAloud(what, why) {
  console.error(`\nSKIPPED: ${what}, because ${why}.`);
  if (process.env.CI || engine !== undefined) process.exitCode = 1;
}
