import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { startEngine } from '../support/engine-process.ts';
import { Lab } from '../support/lab.ts';
import type { BenchHost } from './bench-host.ts';
import { measureCheck } from './check.ts';
import { conditionsOf } from './conditions.ts';
import { measureDowntime } from './downtime.ts';
import type { Figure, Measurement } from './figure.ts';
import { measureFootprint } from './footprint.ts';
import { measureIdle } from './idle.ts';
import { measureRecovery } from './recovery.ts';
import { renderFigures } from './render-figures.ts';
import { measureRollback } from './rollback.ts';
import { measureStart } from './start.ts';
import { readWishes, type Wishes } from './wishes.ts';

/*
 * Measures what refreshd costs, each figure beside the least that the same can be done with, in turn, on a private
 * engine and a registry on loopback. Arguments: the checkout, and the wishes.
 */

const MEASURE: Readonly<Record<Measurement, (host: BenchHost) => Promise<readonly Figure[]>>> = {
  downtime: measureDowntime,
  check: measureCheck,
  idle: measureIdle,
  start: measureStart,
  rollback: measureRollback,
  recovery: measureRecovery,
  // There is no network in here; it was installed before.
  footprint: async () => measureFootprint(process.env['SANDBOX_INSTALLED'] ?? ''),
};

async function main(root: string, { only, repetitions, as }: Wishes): Promise<void> {
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
    for (const measurement of only)
      figures.push(...(await MEASURE[measurement]({ root, lab, repetitions, tell })));
    const conditions = await conditionsOf(lab);
    await lab.close();
    process.stdout.write(render(figures, conditions, as));
  } finally {
    await engine.stop();
  }
}

function render(figures: readonly Figure[], conditions: string, as: Wishes['as']): string {
  if (as === 'json')
    return `${JSON.stringify({ schema: 'refreshd.bench/1', conditions, figures }, null, 2)}\n`;
  const words = `${conditions} Medians, with least and most; the last columns are the ratio of the medians and how often each was measured.`;
  const tables = `${words}\n\n${renderFigures(figures)}`;
  return as === 'table' ? `\n${tables}` : `<!-- figures: begin -->\n${tables}<!-- figures: end -->\n`;
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

try {
  const [root = process.cwd(), ...args] = process.argv.slice(2);
  await main(root, readWishes(args));
} catch (error) {
  process.stderr.write(`\nNot measured: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
