import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, resultOf } from '../support/lab.ts';
import { publish } from '../support/publish.ts';
import { buildBenchService, type OnSigterm, PORT } from './bench-service.ts';
import { downtimeOf } from './prober.ts';

const NAME = 'bench';
const HOST_PORT = 18080;
/** Milliseconds in which the engine finishes what the measurement before left behind. */
const CALM = 500;
/** Seconds that one gets to stop. */
const GRACE = 2;

/** The ways in which the service is started anew, in the order in which they alternate. */
export const WAYS = ['docker restart', 'refreshd'] as const;
export type Way = (typeof WAYS)[number];

/** What one image's downtimes were, in milliseconds, by way. */
export type Downtimes = Readonly<Record<Way, readonly number[]>>;

/** Where it is measured: the checkout with the built command, and a lab on a private engine. */
export interface Bench {
  readonly root: string;
  readonly lab: Lab;
  readonly repetitions: number;
  readonly tell: (text: string) => void;
}

/** Measures the ways in turn, after one round that does not count. */
export async function measureImage(bench: Bench, onSigterm: OnSigterm): Promise<Downtimes> {
  const downtimes = { 'docker restart': [] as number[], refreshd: [] as number[] };
  await runFirst(bench, onSigterm);
  for (let round = 0; round <= bench.repetitions; round++) {
    for (const way of WAYS) {
      await sleep(CALM);
      const downtime = await measureOnce(bench, way, onSigterm, round);
      bench.tell(`SIGTERM: ${onSigterm}, round ${round}: ${way} ${downtime.toFixed(0)} ms`);
      if (round > 0) downtimes[way].push(downtime);
    }
  }
  await bench.lab.clear();
  return downtimes;
}

async function runFirst({ lab }: Bench, onSigterm: OnSigterm): Promise<void> {
  await release(lab, 'first', onSigterm);
  await lab.pull();
  await lab.run(NAME, {
    StopTimeout: GRACE,
    HostConfig: {
      PortBindings: { [`${PORT}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: String(HOST_PORT) }] },
      RestartPolicy: { Name: 'unless-stopped' },
    },
  });
}

async function measureOnce(bench: Bench, way: Way, onSigterm: OnSigterm, round: number): Promise<number> {
  switch (way) {
    case 'docker restart':
      return downtimeOf(HOST_PORT, () => restart(bench.lab));
    case 'refreshd':
      await release(bench.lab, `round-${round}`, onSigterm);
      return downtimeOf(HOST_PORT, () => update(bench));
    default:
      return way satisfies never;
  }
}

async function release(lab: Lab, version: string, onSigterm: OnSigterm): Promise<void> {
  await publish(lab.registry, 'app', 'latest', await buildBenchService(version, onSigterm));
}

/** The one request that `docker restart` makes. */
async function restart({ api }: Lab): Promise<void> {
  const { status, body } = await api('POST', `/containers/${NAME}/restart`);
  if (status !== 204) throw new Error(`docker restart: HTTP ${status} ${JSON.stringify(body)}`);
}

/** The built command, as a person would run it; only the proof is shorter, and that is after the downtime. */
async function update({ lab, root }: Bench): Promise<void> {
  const before = (await lab.inspect(NAME)).Image;
  const command = [join(root, 'dist/cli/main.js'), 'run', NAME, '--home', lab.home];
  const environment = {
    PATH: process.env['PATH'],
    HOME: lab.home,
    DOCKER_HOST: `unix://${lab.socket}`,
    REFRESHD_WATCH: 'all',
    REFRESHD_STABLE_FOR: '1s',
    REFRESHD_STALE_AFTER: 'off',
  };
  const child = spawn(process.execPath, command, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const { code, stdout, stderr } = await resultOf(child);
  const isNew = (await lab.inspect(NAME)).Image !== before;
  if (code !== 0 || !isNew) throw new Error(`refreshd run ended with ${code}:\n${stdout}${stderr}`);
}
