import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeProgram } from '../support/compose.ts';
import { resultOf } from '../support/lab.ts';
import { type BenchHost, environmentOf, runRefreshd } from './bench-host.ts';
import { GRACE, HOST_PORT, NAME, PORT, release } from './bench-service.ts';
import { type Figure, figuresOf } from './figure.ts';
import { inTurn } from './in-turn.ts';
import { downtimeOf } from './prober.ts';

const STOPS = { obeys: 'stops at once', ignores: `is killed after ${GRACE} s` } as const;
type OnSigterm = keyof typeof STOPS;

/**
 * How long a service is down while it is updated: by refreshd, by what people type, and beside the least that starting
 * it anew costs, a `docker restart`, which updates nothing.
 */
export async function measureDowntime(host: BenchHost): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const onSigterm of ['obeys', 'ignores'] as const)
    figures.push(...(await measureService(host, onSigterm)));
  return figures;
}

async function measureService(host: BenchHost, onSigterm: OnSigterm): Promise<readonly Figure[]> {
  const what = `service that ${STOPS[onSigterm]}`;
  let releases = 0;
  const updating = (update: () => Promise<void>) => async () => {
    await release(host, `release-${releases++}`, onSigterm);
    const before = (await host.lab.inspect(NAME)).Image;
    const downtime = await downtimeOf(HOST_PORT, update);
    if ((await host.lab.inspect(NAME)).Image === before) throw new Error('it was not updated');
    return downtime;
  };
  await release(host, 'first', onSigterm);
  await start(host);
  const samples = await inTurn(host, what, {
    'docker restart': { once: () => downtimeOf(HOST_PORT, () => restart(host)) },
    refreshd: { once: updating(() => runRefreshd(host, ['run', NAME])) },
    'compose pull && compose up -d': { once: updating(() => pullAndUp(host)) },
  });
  await compose(host, 'down');
  await host.lab.clear();
  return figuresOf({ measurement: 'downtime', what, unit: 'ms' }, samples, 'docker restart');
}

/** As part of a stack, since that is how compose can update it, and on the network that all containers share. */
async function start(host: BenchHost): Promise<void> {
  const service = {
    image: host.lab.reference(),
    container_name: NAME,
    network_mode: 'bridge',
    ports: [`127.0.0.1:${HOST_PORT}:${PORT}`],
    restart: 'unless-stopped',
    stop_grace_period: `${GRACE}s`,
  };
  // Compose reads YAML, and JSON is that too.
  const stack = JSON.stringify({ services: { [NAME]: service } });
  writeFileSync(join(host.lab.home, 'docker-compose.yml'), stack);
  await pullAndUp(host);
}

/** The one request that `docker restart` makes. */
async function restart({ lab }: BenchHost): Promise<void> {
  const { status, body } = await lab.api('POST', `/containers/${NAME}/restart`);
  if (status !== 204) throw new Error(`docker restart: HTTP ${status} ${JSON.stringify(body)}`);
}

async function pullAndUp(host: BenchHost): Promise<void> {
  await compose(host, 'pull', '--quiet');
  await compose(host, 'up', '--detach');
}

async function compose(host: BenchHost, ...args: string[]): Promise<void> {
  const child = spawn(composeProgram(), args, { cwd: host.lab.home, env: environmentOf(host) });
  const { code, stdout, stderr } = await resultOf(child);
  if (code !== 0) throw new Error(`compose ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
}
