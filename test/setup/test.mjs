// npm test: does all set-up itself, then format, lint, types, and every suite there is.
//   npm test                       all of it
//   npm test -- --engine trixie    only what needs an engine, on that one (shared-engine.ts has the variants)
//   npm test -- test/engine/x      only these files
//   npm run test:long              the engine suites with every fault and many random kills, on more engines, and ten
//                                  simulated years read minute by minute; then the benchmark
import { availableParallelism } from 'node:os';
import { bin, build, installPackages, must, ROOT } from './prepare.mjs';
import { inSandbox, installPrograms, whyNoSandbox } from './sandbox.mjs';
import { makeTrees, treeOf } from './trees.mjs';

/**
 * Debian's own engine (20.10 on Debian 12), a newer one, and the newest in its newest arrangement. What may break at
 * any instant breaks the same way everywhere, so one engine goes through all of it; the others go through what
 * depends on how they tell of containers and images.
 */
const USUAL = [
  { engine: 'debian', files: ['test/faults'] },
  // Mostly waits, so that it is in nobody's way.
  { engine: 'bookworm-systemd', files: ['test/service'] },
  { engine: 'debian', files: ['test/engine', 'test/e2e', 'test/contract'] },
  { engine: 'trixie', files: ['test/engine', 'test/e2e/compose'] },
  {
    engine: 'sid-containerd-min-1.44',
    files: ['fidelity', 'update', 'sets', 'rollback'].map(name => `test/engine/${name}.test.ts`),
    environment: { FIDELITY_CASES: '12' },
  },
];
const MATRIX = 'test/faults/matrix.test.ts';
/** Where nobody waits for it: every fault on one engine. Podman is not what the other suites expect. */
const LONG = [
  ...['1/3', '2/3', '3/3'].map(each => ({
    engine: 'debian',
    files: [MATRIX],
    environment: { FAULT_PART: each },
  })),
  {
    engine: 'debian',
    files: ['test/faults', 'test/engine', 'test/e2e', 'test/contract', '--exclude', MATRIX],
    environment: { FAULT_PART: '1/1' },
  },
  ...['trixie', 'sid', 'sid-containerd', 'sid-min-1.44'].map(each => ({ engine: each, files: [] })),
  { engine: 'trixie-podman', files: ['test/engine/podman.test.ts'] },
  { engine: 'bookworm-systemd', files: ['test/service'] },
];
/** So many engines side by side: more get in each other's way, and in that of the deadlines. */
const AT_A_TIME = Math.max(2, availableParallelism() + 1);
/** The trees that hold the real cosigns. */
const COSIGNS = ['trixie-cosign', 'sid-cosign'];
/** What the suites use beside a private engine. */
const PROGRAMS = {
  'docker-registry': 'docker-registry',
  debootstrap: 'debootstrap',
  faketime: 'faketime',
  'systemd-nspawn': 'systemd-container',
};

const given = process.argv.slice(2).filter(each => each !== '--long');
const isLong = process.argv.includes('--long');
const engineAt = given.indexOf('--engine');
const [, engine] = engineAt < 0 ? [] : given.splice(engineAt, 2);
const isAll = given.length === 0 && engine === undefined && !isLong;

installPackages();
build();
if (isAll) {
  must('Format and lint', bin('biome'), ['ci', '.']);
  must('Types', bin('tsc'), ['-p', 'test']);
  must('The unit suites', bin('vitest'), ['run', '--project', 'unit']);
}

if (isLong && given.length === 0 && engine === undefined) {
  const env = { ...process.env, REFRESHD_TEST_LONG: '1' };
  must('The simulated years', bin('vitest'), ['run', '--project', 'unit', 'test/years'], { env });
}

const reason = whyNoSandbox();
if (reason === undefined) await testOnEngines();
else skipAloud('every suite that needs a Docker engine', reason);
if (isLong && reason === undefined) must('The benchmark', process.execPath, ['test/setup/bench.mjs']);

/** What is run, and on which engine: files that were asked for on every engine once, or on the one asked for. */
function wantedParts() {
  const usual = isLong ? LONG : USUAL;
  const asked = engine === undefined ? usual : usual.filter(part => part.engine === engine);
  if (given.length === 0 && asked.length > 0) return asked;
  if (engine !== undefined) return [{ engine, files: given.length > 0 ? given : filesOf(engine) }];
  const names = usual.map(part => part.engine).filter(name => !isOfItsOwn(name));
  return [...new Set(names)].map(name => ({ engine: name, files: given }));
}

/** Podman, and a whole machine: they have suites of their own, and no others. */
function isOfItsOwn(name) {
  return /-(podman|systemd)$/.test(name);
}

function filesOf(name) {
  return isOfItsOwn(name) ? LONG.find(part => part.engine === name).files : [];
}

async function testOnEngines() {
  installPrograms(PROGRAMS);
  const trees = `${ROOT}/.sandbox/trees`;
  const parts = wantedParts();
  const wanted = [...parts.map(part => part.engine), ...(parts.some(signs) ? COSIGNS : [])];
  const missing = await makeTrees(trees, [...new Set(wanted)]);
  for (const { tree, problem } of missing)
    skipAloud(COSIGNS.includes(tree) ? `what ${tree} signs` : `every suite on Debian ${tree}`, problem);
  const present = parts.filter(part => !missing.some(({ tree }) => tree === treeOf(part.engine)));
  const names = [...new Set(present.map(part => part.engine))].join(', ');
  console.log(`\nSuites on real engines, side by side: ${names}. This takes some minutes.`);
  const results = [];
  const waiting = [...present.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      results.push(await testOn(next[1], trees, next[0] > 0));
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  const failed = results.find(status => status !== 0);
  if (failed !== undefined) process.exit(failed);
}

/** Whether the suite of signatures is among these. */
function signs({ files }) {
  return files.length === 0 || files.some(each => 'test/engine/signatures.test.ts'.startsWith(each));
}

function testOn(part, trees, quiet) {
  const environment = {
    SANDBOX_ENGINE: part.engine,
    SANDBOX_TREES: trees,
    ...(isLong && { REFRESHD_TEST_LONG: '1' }),
    ...part.environment,
  };
  const project = part.engine.endsWith('-systemd') ? 'service' : 'engine';
  return inSandbox(bin('vitest'), ['run', '--project', project, ...part.files], { environment, quiet });
}

/** On a person's laptop that is worth saying; where tests decide something, it is a failure. */
function skipAloud(what, why) {
  console.error(`\nSKIPPED: ${what}, because ${why}.`);
  if (process.env.CI || engine !== undefined) process.exitCode = 1;
}
