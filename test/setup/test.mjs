// npm test: does all set-up itself, then format, lint, types, and every suite there is.
//   npm test                       all of it
//   npm test -- --engine trixie    only what needs an engine, on that one (sid-containerd: in another variant)
//   npm test -- test/engine/x      only these files
//   npm run test:long              the engine suites with every fault and many random kills, on more engines;
//                                  then the benchmark
import { bin, build, installPackages, must, ROOT } from './prepare.mjs';
import { inSandbox, installPrograms, whyNoSandbox } from './sandbox.mjs';
import { makeTrees } from './trees.mjs';

/** Debian's own engine (20.10 on Debian 12), and newer ones from newer Debians. */
const ENGINES = ['debian', 'trixie'];
/** What the suites use beside a private engine. */
const PROGRAMS = { 'docker-registry': 'docker-registry', debootstrap: 'debootstrap', faketime: 'faketime' };

/** Where nobody waits for it. */
const LONG_ENGINES = ['debian', 'trixie', 'sid'];

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
else skipAloud(reason);
if (isLong && reason === undefined) must('The benchmark', process.execPath, ['test/setup/bench.mjs']);

async function testOnEngines() {
  installPrograms(PROGRAMS);
  const trees = `${ROOT}/.sandbox/trees`;
  const releases = engines.filter(name => name !== 'debian').map(name => name.split('-')[0]);
  await makeTrees(trees, [...new Set(releases)]);
  console.log(`\nSuites on real engines, side by side: ${engines.join(', ')}. This takes some minutes.`);
  const results = await Promise.all(engines.map((name, index) => testOn(name, trees, index > 0)));
  const failed = results.find(status => status !== 0);
  if (failed !== undefined) process.exit(failed);
}

/** What may break at any instant breaks the same way everywhere; of the usual two engines one goes through it. */
function testOn(name, trees, quiet) {
  const environment = {
    SANDBOX_ENGINE: name,
    SANDBOX_TREES: trees,
    ...(isLong && { REFRESHD_TEST_LONG: '1' }),
  };
  const files = isAll && quiet ? ['test/engine', 'test/e2e'] : given;
  return inSandbox(bin('vitest'), ['run', '--project', 'engine', ...files], { environment, quiet });
}

/** On a person's laptop that is worth saying; where tests decide something, it is a failure. */
function skipAloud(why) {
  console.error(`\nSKIPPED: every suite that needs a Docker engine, because ${why}.`);
  if (process.env.CI) process.exit(1);
}
