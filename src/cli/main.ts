#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { bugReport } from './bug-report.ts';
import { EXIT } from './exit-codes.ts';
import { learnFromEnvironment } from './known-secrets.ts';
import { runProgram } from './program/program.ts';
import { clearEnvironment, refuseDebugger, unsafeStart } from './unsafe-start.ts';

process.umask(0o077);
refuseDebugger(process);
const unsafe = unsafeStart(process.env, process.execArgv);
clearEnvironment(process.env);
if (unsafe !== undefined) {
  process.stderr.write(`refreshd: ${unsafe}\n`);
  process.exit(EXIT.usage);
}

learnFromEnvironment(process.env);
// Node would print the error with all that it carries, headers and bodies included.
process.on('uncaughtException', error => {
  process.stderr.write(`refreshd: ${bugReport(error)}\n`);
  process.exit(EXIT.failed);
});

const exit = await runProgram(fileURLToPath(import.meta.url), process.argv.slice(2));
// What a library left open (a socket that an engine never answered on) must not keep the process.
process.exit(exit);
