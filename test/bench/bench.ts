import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { parseArgs } from 'node:util';
import { startEngine } from '../support/engine-process.ts';
import { Lab } from '../support/lab.ts';
import type { OnSigterm } from './bench-service.ts';
import { type Figure, figuresOf, renderFigures } from './figures.ts';
import { measureImage } from './measure.ts';

/*
 * Measures how long a service is down while it is updated, beside the least that starting it anew costs: a
 * `docker restart` of the same container on the same engine, in turn with the updates.
 */

const SIGTERM: readonly OnSigterm[] = ['obeys', 'ignores'];

interface Wishes {
  readonly root: string;
  readonly json: boolean;
  readonly repetitions: number;
}

function readWishes(): Wishes {
  const { values, positionals } = parseArgs({
    options: { json: { type: 'boolean', default: false }, repetitions: { type: 'string', default: '15' } },
    allowPositionals: true,
  });
  const repetitions = Number(values.repetitions);
  if (!Number.isInteger(repetitions) || repetitions < 1)
    throw new Error('--repetitions wants a number from 1 on');
  return { root: positionals[0] ?? process.cwd(), json: values.json, repetitions };
}

async function main({ root, json, repetitions }: Wishes): Promise<void> {
  const sandbox = process.env['SANDBOX_FOLDER'];
  if (sandbox === undefined) throw new Error('it needs a private engine: run it with npm run bench');
  takePrecedence();
  const engine = await startEngine({
    folder: `${sandbox}/engine`,
    runFolder: '/run/refreshd-sandbox/engine',
  });
  try {
    askAgainSoon();
    const lab = await Lab.open(engine.socket);
    const tell = (text: string) => process.stderr.write(`  ${text}\n`);
    const figures: Figure[] = [];
    for (const sigterm of SIGTERM)
      figures.push(...figuresOf(sigterm, await measureImage({ root, lab, repetitions, tell }, sigterm)));
    await lab.close();
    process.stdout.write(json ? `${JSON.stringify(figures, null, 2)}\n` : table(figures));
  } finally {
    await engine.stop();
  }
}

/** What else the machine does counts less then; the engine, the service and refreshd inherit it from here. */
function takePrecedence(): void {
  try {
    setPriority(constants.priority.PRIORITY_HIGH);
  } catch {
    // Where not even root may, the figures vary more.
  }
}

/**
 * While a container's network is being set up, a client that asks already has the kernel look for an address that
 * is not there yet, and by default look again a second later (arp(7)). That second is the same however the service
 * is started anew, and would hide what differs. The setting is the sandbox's own.
 */
function askAgainSoon(): void {
  writeFileSync('/proc/sys/net/ipv4/neigh/docker0/retrans_time_ms', '10');
}

function table(figures: readonly Figure[]): string {
  return `
How long nobody gets a good answer from a service on a published port, asked every 4 ms.
The ratio is that of the medians, to docker restart.

${renderFigures(figures)}`;
}

try {
  await main(readWishes());
} catch (error) {
  process.stderr.write(`\nNot measured: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
