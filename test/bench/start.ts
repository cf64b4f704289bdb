import { spawn } from 'node:child_process';
import { resultOf } from '../support/lab.ts';
import { type BenchHost, environmentOf, runRefreshd, spawnRefreshd } from './bench-host.ts';
import { CONTAINER, NAME, release } from './bench-service.ts';
import { endOf } from './end-of.ts';
import { type Figure, figuresOf } from './figure.ts';
import { inTurn } from './in-turn.ts';

/** What the daemon says as soon as it has read its settings and knows when the next run is. */
const STARTED = /refreshd \S+ started in /;

/** How long it takes until there is an answer, beside a Node that does nothing. */
export async function measureStart(host: BenchHost): Promise<readonly Figure[]> {
  await release(host, '1', 'obeys');
  await host.lab.pull();
  await host.lab.run(NAME, CONTAINER);
  const timed = (task: () => Promise<void>) => async () => {
    const begun = performance.now();
    await task();
    return performance.now() - begun;
  };
  const samples = await inTurn(host, 'start', {
    'node -e 0': { once: timed(() => runBareNode(host)) },
    version: { once: timed(() => runRefreshd(host, ['--version'])) },
    status: { once: timed(() => runRefreshd(host, ['status'])) },
    daemon: { once: () => timeDaemon(host) },
  });
  await host.lab.clear();
  const figures = (what: string, refreshd: readonly number[]) =>
    figuresOf(
      { measurement: 'start', what, unit: 'ms' },
      { 'node -e 0': samples['node -e 0'], refreshd },
      'node -e 0',
    );
  return [
    ...figures('`refreshd --version`', samples.version),
    ...figures('`refreshd status`, one container', samples.status),
    ...figures('`refreshd daemon` until it waits for its schedule', samples.daemon),
  ];
}

async function runBareNode(host: BenchHost): Promise<void> {
  await resultOf(spawn(process.execPath, ['-e', '0'], { env: environmentOf(host) }));
}

async function timeDaemon(host: BenchHost): Promise<number> {
  const begun = performance.now();
  const daemon = spawnRefreshd(host, ['daemon']);
  let said = '';
  daemon.stderr?.resume();
  await new Promise<void>((resolve, reject) => {
    daemon.stdout?.on('data', chunk => {
      said += chunk;
      if (STARTED.test(said)) resolve();
    });
    daemon.once('exit', code => reject(new Error(`the daemon ended with ${code}:\n${said}`)));
  });
  const taken = performance.now() - begun;
  await endOf(daemon);
  return taken;
}
