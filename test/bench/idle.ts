import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/lab.ts';
import { type BenchHost, environmentOf, spawnRefreshd } from './bench-host.ts';
import { endOf } from './end-of.ts';
import { type Figure, figuresOf } from './figure.ts';
import { numbersIn } from './in-turn.ts';

/** Seconds that are watched each time: the daemon looks at the clock every 30 s, so two looks are among them. */
const WINDOW = 60;
/** So many times at most: it takes as many minutes. */
const MOST = 5;
/** Milliseconds after the start until what was needed for it is through. */
const SETTLED = 10_000;

/** What a process holds, in megabytes, and what it used since the last look. */
interface Idle {
  readonly rss: number;
  readonly pss: number;
  readonly cpuPerHour: number;
}

/** What the daemon takes while it waits, beside a Node that does nothing; both are watched over the same minutes. */
export async function measureIdle(host: BenchHost): Promise<readonly Figure[]> {
  const bare = spawn(process.execPath, ['-e', 'setInterval(() => {}, 2 ** 30)'], {
    env: environmentOf(host),
    stdio: 'ignore',
  });
  const daemon = spawnRefreshd(host, ['daemon']);
  for (const stream of [daemon.stdout, daemon.stderr]) stream?.resume();
  const samples = { 'bare node': [] as Idle[], refreshd: [] as Idle[] };
  try {
    await sleep(SETTLED);
    await until('the daemon waits', () => childrenOf(daemon).length === 0, 60_000);
    for (let round = 1; round <= Math.min(MOST, host.repetitions); round++) {
      const [ofBare, ofDaemon] = await Promise.all([watch(bare), watch(daemon)]);
      samples['bare node'].push(ofBare);
      samples.refreshd.push(ofDaemon);
      host.tell(`idle, round ${round}: ${JSON.stringify({ bare: ofBare, refreshd: ofDaemon })}`);
    }
  } finally {
    await Promise.all([endOf(bare), endOf(daemon)]);
  }
  const figures = (what: string, unit: 'MB' | 's/h', pick: (idle: Idle) => number) =>
    figuresOf({ measurement: 'idle', what, unit }, numbersIn(samples, pick), 'bare node');
  return [
    ...figures('memory (RSS)', 'MB', ({ rss }) => rss),
    ...figures('memory, what is shared divided (PSS)', 'MB', ({ pss }) => pss),
    ...figures(`processor (of ${WINDOW} s)`, 's/h', ({ cpuPerHour }) => cpuPerHour),
  ];
}

async function watch({ pid }: ChildProcess): Promise<Idle> {
  const begun = performance.now();
  const before = nanosecondsOf(pid);
  await sleep(WINDOW * 1000);
  const busy = (nanosecondsOf(pid) - before) / 1e9;
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const megabytes = (name: string) =>
    (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1]) * 1024) / 1e6;
  const hours = (performance.now() - begun) / 3_600_000;
  return { rss: megabytes('Rss'), pss: megabytes('Pss'), cpuPerHour: busy / hours };
}

/** How long all threads of a process were on a processor (proc(5), schedstat): the usual clock ticks are too coarse. */
function nanosecondsOf(pid: number | undefined): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce((sum, thread) => {
    const [busy] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
    return sum + Number(busy);
  }, 0);
}

function childrenOf({ pid }: ChildProcess): readonly string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
}
