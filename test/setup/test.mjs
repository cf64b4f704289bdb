// npm test: does all set-up itself, then format, lint, types, and every suite there is.
//   npm test                       all of it
//   npm test -- --engine trixie    only what needs an engine, on that one (shared-engine.ts has the variants)
//   npm test -- test/engine/x      only these files
//   npm run test:long              the engine suites with every fault and many random kills, on more engines, and ten
//                                  simulated years read minute by minute; then the benchmark
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { failuresIn, reportedTo } from './failures.mjs';
import { signs, wantedParts } from './parts.mjs';
import { bin, build, installPackages, must, ROOT } from './prepare.mjs';
import { inSandbox, installPrograms, whyNoSandbox } from './sandbox.mjs';
import { makeTrees, treeOf } from './trees.mjs';

/** So many engines at work side by side: more get in each other's way, and in that of the deadlines. */
const AT_A_TIME = Math.max(2, availableParallelism() + 1);
/** The trees that hold the real cosigns. */
const COSIGNS = ['trixie', 'sid'];
/** As a shell says it: ended by Ctrl-C. */
const INTERRUPTED = 130;
const TREES = `${ROOT}/.sandbox/trees`;
/** What the suites use beside a private engine. */
const PROGRAMS = {
  'docker-registry': 'docker-registry',
  debootstrap: 'debootstrap',
  faketime: 'faketime',
  'systemd-nspawn': 'systemd-container',
  ssh: 'openssh-client',
  dropbear: 'dropbear-bin',
  mandoc: 'mandoc',
  fish: 'fish',
  zsh: 'zsh',
};

const files = process.argv.slice(2).filter(each => each !== '--long');
const isLong = process.argv.includes('--long');
const engineAt = files.indexOf('--engine');
const [, engine] = engineAt < 0 ? [] : files.splice(engineAt, 2);
const isAll = files.length === 0 && engine === undefined;

await installPackages();
await build();
const reason = whyNoSandbox();
const parts = wantedParts({ files, engine, isLong });
const failures = [];
// They take minutes of unpacking, and the unit suites need none of them.
const [missing] = await Promise.all([reason === undefined ? prepareEngines() : [], testWithoutEngine()]);
if (reason === undefined) await testOnEngines();
else skipAloud('every suite that needs a Docker engine', reason);
if (isAll && isLong && reason === undefined)
  await must('The benchmark', process.execPath, ['test/setup/bench.mjs', '--repetitions', '5']);

async function testWithoutEngine() {
  if (isAll && isLong) {
    const env = { ...process.env, REFRESHD_TEST_LONG: '1' };
    await must('The simulated years', bin('vitest'), ['run', '--project', 'years'], { env });
  } else if (isAll) {
    await must('Format and lint', bin('biome'), ['ci', '.']);
    await must('Types', bin('tsc'), ['-p', 'test']);
    await must('The unit suites', bin('vitest'), ['run', '--project', 'unit', '--project', 'years']);
  }
}

/** @returns the trees that cannot be had today, and why */
function prepareEngines() {
  installPrograms(PROGRAMS);
  const wanted = [...parts.map(part => part.engine), ...(parts.some(signs) ? COSIGNS : [])];
  return makeTrees(TREES, [...new Set(wanted)]);
}

async function testOnEngines() {
  for (const { tree, problem } of missing)
    skipAloud(`every suite on Debian ${tree}, and what its cosign signs`, problem);
  const present = parts.filter(part => !missing.some(({ tree }) => tree === treeOf(part.engine)));
  const names = [...new Set(present.map(part => part.engine))].join(', ');
  console.log(`\nSuites on real engines, side by side: ${names}. This takes some minutes.`);
  const working = present.filter(part => !part.waits);
  const [first] = working;
  const results = present.filter(part => part.waits).map(part => testOn(part, true));
  const work = async () => {
    for (let next = working.shift(); next !== undefined; next = working.shift()) {
      const result = testOn(next, next !== first);
      results.push(result);
      // Who ends one of them means all.
      if ((await result) === INTERRUPTED) working.length = 0;
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  const failed = (await Promise.all(results)).find(status => status !== 0);
  if (failed === undefined) return;
  for (const failure of failures) console.error(`\nFAILED ${failure}`);
  process.exit(failed);
}

async function testOn(part, quiet) {
  const environment = {
    SANDBOX_ENGINE: part.engine,
    SANDBOX_TREES: TREES,
    ...(isLong && { REFRESHD_TEST_LONG: '1' }),
    ...part.environment,
  };
  const project = part.engine.endsWith('-systemd') ? 'service' : 'engine';
  const report = join(tmpdir(), `refreshd-report-${process.pid}-${parts.indexOf(part)}.json`);
  const args = ['run', '--project', project, ...reportedTo(report), ...part.files];
  const status = await inSandbox(bin('vitest'), args, { environment, quiet });
  const found = failuresIn(report);
  if (![0, INTERRUPTED].includes(status)) failures.push(...found.map(each => `on ${part.engine}: ${each}`));
  return status;
}

/** On a person's laptop that is worth saying; where tests decide something, it is a failure. */
function skipAloud(what, why) {
  console.error(`\nSKIPPED: ${what}, because ${why}.`);
  if (process.env.CI || engine !== undefined) process.exitCode = 1;
}
