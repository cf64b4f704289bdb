// npm run bench: does all set-up itself, then measures what refreshd costs, beside the least that it could (docs/performance.md).
//   npm run bench -- --only check,start   some of: downtime check idle start rollback recovery footprint
//   npm run bench -- --repetitions 25     more of them
//   npm run --silent bench -- --json      for programs
//   npm run --silent bench -- --markdown  with the marks between which docs/performance.md has it
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { bin, build, installPackages, must, ROOT } from './prepare.mjs';
import { inSandbox, installPrograms, removeIfEmpty, whyNoSandbox } from './sandbox.mjs';
import { makeTrees } from './trees.mjs';

const TREES = `${ROOT}/.sandbox/trees`;
/** What is compared with, and what looks on; the newer Debian has Compose v2. */
const PROGRAMS = { check: { skopeo: 'skopeo', time: 'time' }, downtime: { debootstrap: 'debootstrap' } };

// Standard output is for the figures alone.
console.log = console.error;
const args = process.argv.slice(2);
const reason = whyNoSandbox();
if (reason !== undefined) {
  console.error(`The benchmark needs a Docker engine of its own, and there is none, because ${reason}.`);
  process.exit(1);
}
await installPackages();
await build();
const built = `${ROOT}/.sandbox/bench`;
const installed = `${ROOT}/.sandbox/installed`;
process.on('exit', () => {
  for (const folder of [built, installed]) rmSync(folder, { recursive: true, force: true });
  removeIfEmpty();
});
await must('The build of the benchmark', bin('tsc'), ['-p', 'test/bench']);
writeFileSync(`${built}/package.json`, '{ "type": "module" }\n');
await prepare((await wishes()).only);
const environment = { SANDBOX_TREES: TREES, SANDBOX_INSTALLED: installed };
process.exitCode = await inSandbox(process.execPath, [`${built}/bench/bench.js`, ROOT, ...args], {
  environment,
});

async function wishes() {
  const { readWishes } = await import(`${built}/bench/wishes.js`);
  try {
    return readWishes(args);
  } catch (error) {
    console.error(error.message);
    process.exit(2);
  }
}

async function prepare(only) {
  installPrograms(Object.assign({}, ...only.map(each => PROGRAMS[each])));
  if (only.includes('downtime')) {
    const [missing] = await makeTrees(TREES, ['trixie']);
    if (missing !== undefined) throw new Error(`Compose cannot be had: ${missing.problem}`);
  }
  if (only.includes('footprint')) await installForProduction();
}

/** As whoever uses it does. */
async function installForProduction() {
  mkdirSync(installed, { recursive: true });
  const quietly = { cwd: installed, stdio: ['ignore', 'ignore', 'inherit'] };
  await must('npm pack', 'npm', ['pack', ROOT, '--silent'], quietly);
  const [archive] = readdirSync(installed);
  // Without one npm would install into the checkout around it.
  writeFileSync(`${installed}/package.json`, '{ "private": true }\n');
  await must(
    'npm install',
    'npm',
    ['install', '--no-audit', '--no-fund', '--silent', `./${archive}`],
    quietly,
  );
}
