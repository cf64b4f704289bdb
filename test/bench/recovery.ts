import { startEngineProxy } from '../support/engine-proxy.ts';
import { resultOf, until } from '../support/lab.ts';
import { type BenchHost, spawnRefreshd } from './bench-host.ts';
import { CONTAINER, HOST_PORT, NAME, release } from './bench-service.ts';
import { endOf } from './end-of.ts';
import { type Figure, figuresOf } from './figure.ts';
import { inTurn } from './in-turn.ts';
import { type Prober, startProber, untilAnswer } from './prober.ts';

const PROXY_SOCKET = '/run/refreshd-sandbox/recovery.sock';

/**
 * How long the service stays down after refreshd was killed at the worst moment, when the old container is stopped and
 * the new one not started, from the start of the daemon; beside somebody who starts the stopped container at once.
 */
export async function measureRecovery(host: BenchHost): Promise<readonly Figure[]> {
  const { lab } = host;
  await release(host, 'first', 'obeys');
  await lab.pull();
  await lab.run(NAME, CONTAINER);
  const what = 'until the service answers';
  const samples = await inTurn(host, 'recovery', {
    'docker start': {
      once: () =>
        withProber(async prober => {
          await lab.api('POST', `/containers/${NAME}/stop`);
          const begun = performance.now();
          await lab.api('POST', `/containers/${NAME}/start`);
          return (await untilAnswer(prober, ({ at }) => at > begun)) - begun;
        }),
    },
    'refreshd daemon': { once: round => withProber(prober => measureOnce(host, prober, round)) },
  });
  await lab.clear();
  const { 'docker start': byHand, 'refreshd daemon': refreshd } = samples;
  return figuresOf(
    { measurement: 'recovery', what, unit: 'ms' },
    { 'docker start': byHand, refreshd },
    'docker start',
  );
}

async function withProber(measure: (prober: Prober) => Promise<number>): Promise<number> {
  const prober = startProber(HOST_PORT);
  try {
    await untilAnswer(prober, () => true);
    return await measure(prober);
  } finally {
    prober.stop();
  }
}

async function measureOnce(host: BenchHost, prober: Prober, round: number): Promise<number> {
  await release(host, `round-${round}`, 'obeys');
  await killBeforeStart(host);
  const begun = performance.now();
  const daemon = spawnRefreshd(host, ['daemon']);
  for (const stream of [daemon.stdout, daemon.stderr]) stream?.resume();
  try {
    const back = await untilAnswer(prober, ({ at }) => at > begun);
    await until('all is tidied up', async () => (await host.lab.names()).length === 1, 60_000);
    return back - begun;
  } finally {
    await endOf(daemon);
  }
}

/** Runs an update that is killed (SIGKILL) when it asks the engine to start the new container, which does not hear it. */
async function killBeforeStart(host: BenchHost): Promise<void> {
  const proxy = await startEngineProxy(host.lab.socket, PROXY_SOCKET);
  try {
    const more = { DOCKER_HOST: `unix://${PROXY_SOCKET}` };
    const child = spawnRefreshd(host, ['run', NAME], more);
    const kill = () => child.kill('SIGKILL');
    proxy.spoil = ({ path }) =>
      path.endsWith('/start') ? { kind: 'tell', when: 'before', tell: kill } : undefined;
    const { code, stdout, stderr } = await resultOf(child);
    if (code !== null) throw new Error(`it ended with ${code} instead of being killed:\n${stdout}${stderr}`);
  } finally {
    await proxy.close();
  }
}
