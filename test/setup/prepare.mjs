// Plain JavaScript on nothing but Node: it runs before anything is installed.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderManual } from './manual.mjs';

/** The checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Runs a program to its end; one that fails ends everything, with its own exit code. */
export async function must(what, program, args, options = {}) {
  const child = spawn(program, args, { stdio: 'inherit', cwd: ROOT, ...options });
  const [status, error] = await new Promise(resolve => {
    child.on('error', reason => resolve([1, reason]));
    child.on('close', code => resolve([code ?? 1]));
  });
  if (status === 0) return;
  console.error(`\n${what} failed${error ? `: ${error.message}` : ` (exit code ${status})`}.`);
  process.exit(status);
}

/** The command of an installed package. */
export function bin(name) {
  return `${ROOT}/node_modules/.bin/${name}`;
}

/** Installs the packages of the lockfile, unless they are there already. */
export async function installPackages() {
  const lock = statSync(`${ROOT}/package-lock.json`).mtimeMs;
  const installed = `${ROOT}/node_modules/.package-lock.json`;
  if (existsSync(installed) && statSync(installed).mtimeMs >= lock) return;
  console.log('Installing packages (npm ci) …');
  await must('Installing packages', 'npm', ['ci', '--include=dev', '--no-audit', '--no-fund']);
}

/** Checks the types of src, bundles it in dist, and makes the manual page. */
export async function build() {
  const { bundle, writeNotices } = await import('./bundle.mjs');
  rmSync(`${ROOT}/dist`, { recursive: true, force: true });
  await must('The build', bin('tsc'), []);
  const packages = await bundle('cli/main.ts', `${ROOT}/dist/cli`);
  chmodSync(`${ROOT}/dist/cli/main.js`, 0o755);
  writeNotices(`${ROOT}/dist/third-party-notices.txt`, packages);
  await writeManual();
}

/** The manual page says what the commands say of themselves. */
async function writeManual() {
  const { bundle } = await import('./bundle.mjs');
  const folder = `${ROOT}/dist/manual`;
  await bundle('cli/program/program.ts', folder);
  const { buildProgram } = await import(`${folder}/program.js`);
  const { version } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8'));
  const settings = readFileSync(`${ROOT}/refreshd.env.example`, 'utf8');
  mkdirSync(`${ROOT}/man`, { recursive: true });
  const manual = renderManual(
    buildProgram('', action => action),
    version,
    settings,
  );
  writeFileSync(`${ROOT}/man/refreshd.1`, manual);
  rmSync(folder, { recursive: true, force: true });
}
