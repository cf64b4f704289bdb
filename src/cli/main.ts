#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { runProgram } from './program.ts';

// They would print requests, credentials included, or change what this process is.
for (const name of ['DEBUG', 'NODE_DEBUG', 'NODE_OPTIONS']) delete process.env[name];
process.umask(0o077);

const exit = await runProgram(fileURLToPath(import.meta.url), process.argv.slice(2));
// What a library left open (a socket that an engine never answered on) must not keep the process.
process.exit(exit);
