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
// Whoever reads along may leave (`refreshd run | head`), or its disk may be full; what is being done is brought to its end.
let lost = '';
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') lost = error.code ?? error.name;
  });
// Node would print the error with all that it carries, headers and bodies included.
process.on('uncaughtException', error => {
  process.stderr.write(`refreshd: ${bugReport(error)}\n`);
  process.exit(EXIT.failed);
});

const exit = await runProgram(fileURLToPath(import.meta.url), process.argv.slice(2));
// A pipe takes 64 KiB at a time, and what its reader has not come to yet would be lost.
await Promise.all([process.stdout, process.stderr].map(written));
if (lost !== '') process.stderr.write(`refreshd: Not all of the output could be written (${lost}).\n`);
// What a library left open (a socket that an engine never answered on) must not keep the process.
process.exit(exit === EXIT.fine && lost !== '' ? EXIT.failed : exit);

/** When all that a stream was given has been taken, or nobody is there to take it. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(resolve => {
    if (stream.destroyed || stream.errored !== null) resolve();
    else stream.write('', () => resolve());
  });
}
