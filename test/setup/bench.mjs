// npm run bench: does all set-up itself, then measures the downtime of an update beside docker restart.
//   npm run bench -- --repetitions 25     more of them
//   npm run --silent bench -- --json      for programs
import { rmSync, writeFileSync } from 'node:fs';
import { bin, build, installPackages, must, ROOT } from './prepare.mjs';
import { inSandbox, installPrograms, removeIfEmpty, whyNoSandbox } from './sandbox.mjs';

const reason = whyNoSandbox();
if (reason !== undefined) {
  console.error(`The benchmark needs a Docker engine of its own, and there is none, because ${reason}.`);
  process.exit(1);
}
await installPackages();
await build();
const built = `${ROOT}/.sandbox/bench`;
await must('The build of the benchmark', bin('tsc'), ['-p', 'test/bench']);
writeFileSync(`${built}/package.json`, '{ "type": "module" }\n');
installPrograms();
const bench = [`${built}/bench/bench.js`, ROOT, ...process.argv.slice(2)];
process.exitCode = await inSandbox(process.execPath, bench);
rmSync(built, { recursive: true, force: true });
removeIfEmpty();
