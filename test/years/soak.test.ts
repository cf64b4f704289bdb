import { getEventListeners } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { openLog } from '../../src/cli/logging.ts';
import {
  type ChildProcesses,
  startChildren,
  type Tick,
  type TickReason,
} from '../../src/daemon/child-processes.ts';
import { nextDue, openDueMemory, type RememberedDue } from '../../src/daemon/due.ts';
import { keep } from '../../src/daemon/keep.ts';
import type { Schedule } from '../../src/daemon/schedule.ts';
import { openSupervisor } from '../../src/daemon/supervisor.ts';
import { openHistory } from '../../src/journal/history.ts';
import { type Footprint, sizeOf, takeFootprint } from '../support/footprint.ts';
import { type HandClock, handClock } from '../support/hand-clock.ts';
import { IS_LONG } from '../support/long-run.ts';
import { randomNumbers } from '../support/random-numbers.ts';
import { tempFolder } from '../support/temp-folder.ts';

const NOBODY = openSupervisor({ NOTIFY_SOCKET: undefined, PATH: undefined });
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MEGABYTE = 1024 * 1024;
/** What the heap of a test is off by though nothing is left behind; a hundred bytes a run are more. */
const NOISE = 400 * 1024;
const SCHEDULE: Schedule = { expression: '*/5 * * * *', zone: 'Europe/Berlin', window: undefined };
const LOG = {
  REFRESHD_LOG_LEVEL: 'info',
  REFRESHD_LOG_FORMAT: 'text',
  REFRESHD_LOG_SIZE: 4096,
  REFRESHD_LOG_KEEP: 3,
} as const;

/** Signals that nobody sends, but for SIGHUP. */
function fewSignals() {
  const stop = new AbortController();
  let reload = new AbortController();
  const force = new AbortController().signal;
  return {
    signals: {
      stop: stop.signal,
      force,
      reload: () => reload.signal,
      heedReload: () => {
        reload = new AbortController();
      },
    },
    stop: () => stop.abort(),
    reload: () => reload.abort(),
    listeners: () => [stop.signal, force].flatMap(each => getEventListeners(each, 'abort')).length,
  };
}

/** What the daemon's children do, here in this process; one in fifty writes it down as they all do. */
function standIns(clock: HandClock, home: string) {
  const random = randomNumbers(11);
  let remembered: RememberedDue;
  let writing = Promise.resolve();
  const counts = { runs: 0, recoveries: 0, ticks: 0, stopped: 0, killed: 0 };
  const tick = async (reason: TickReason): Promise<Tick | number> => {
    counts.ticks++;
    if (reason === 'stop') return 0;
    if (random() < 0.01) return 2;
    const now = clock.now();
    const next = nextDue(remembered, { schedule: SCHEDULE, now, jitter: 0, catchUp: true, reason });
    remembered = next.remembered;
    if (counts.ticks % 50 === 0) {
      writing = writeDown(home, remembered, counts.ticks);
      await writing;
    }
    return { runAt: next.runAt, due: '', deadline: 3 * MINUTE };
  };
  const start: ChildProcesses['start'] = ([command]) => {
    counts[command === 'run' ? 'runs' : 'recoveries']++;
    const chance = random();
    const leave = new AbortController();
    // Most take a moment; some take until they are asked to leave, some until they are made to.
    const work = chance < 0.98 ? random() * 2 * MINUTE : 9 * HOUR;
    const isStubborn = chance > 0.99;
    const ended = clock.sleep(work, leave.signal).then(
      () => (chance < 0.02 ? 4 : chance < 0.04 ? 75 : 0),
      () => (isStubborn ? 137 : 1),
    );
    return {
      ended,
      stop: () => {
        counts.stopped++;
        if (!isStubborn) leave.abort();
      },
      kill: () => {
        counts.killed++;
        leave.abort();
      },
    };
  };
  return { children: { tick, start }, counts, written: () => writing };
}

async function writeDown(home: string, remembered: NonNullable<RememberedDue>, count: number): Promise<void> {
  await openDueMemory(home).remember(remembered);
  const { log, close } = await openLog({ folder: join(home, 'logs'), settings: LOG, echo: false });
  log.info(`1 container checked: 1 current (${count}).`);
  await close();
}

function expectNoMore(after: Footprint, before: Footprint): void {
  expect(after.heap - before.heap, 'bytes of heap').toBeLessThan(NOISE);
  expect(after.files - before.files, 'open files').toBeLessThanOrEqual(0);
  expect(after.resources).toEqual(before.resources);
}

it('ten thousand scheduled runs leave nothing behind', async () => {
  const home = tempFolder();
  const clock = handClock(Date.UTC(2026, 2, 1));
  const { signals, stop, reload, listeners } = fewSignals();
  const { children, counts, written } = standIns(clock, home);
  const end = keep({ children, clock, signals, supervisor: NOBODY });
  const passUntil = async (runs: number) => {
    while (counts.runs < runs) {
      await clock.advance(8 * HOUR);
      await written();
      (clock.sleeps as number[]).length = 0;
      reload();
    }
  };
  await passUntil(1500);
  const before = await takeFootprint();
  const listening = listeners();
  await passUntil(10_000);
  const after = await takeFootprint();
  expectNoMore(after, before);
  expect(listeners()).toBeLessThanOrEqual(listening + 1);
  for (const [what, count] of Object.entries(counts)) expect(count, what).toBeGreaterThan(50);
  expect(sizeOf(join(home, 'logs'))).toBeLessThanOrEqual(4 * (LOG.REFRESHD_LOG_SIZE + 200));
  expect(readdirSync(home).sort()).toEqual(['logs', 'schedule.json']);
  expect(readFileSync(join(home, 'schedule.json'), 'utf8').length).toBeLessThan(300);
  stop();
  await clock.advance(HOUR);
  expect(await end).toBe(0);
});

const PROCESSES = IS_LONG ? 2000 : 60;

it(`${PROCESSES} runs in processes of their own leave nothing behind`, async () => {
  const program = join(tempFolder(), 'program.mjs');
  writeFileSync(
    program,
    `if (process.argv[2] === 'tick') process.send({ runAt: Date.now(), deadline: 60_000 }, () => process.disconnect());`,
  );
  const { signals, stop, reload, listeners } = fewSignals();
  const real = startChildren(program, []);
  let runs = 0;
  let before: Footprint | undefined;
  const children: ChildProcesses = {
    ...real,
    tick: async reason => {
      if (reason === 'completed' && runs % 7 === 0) reload();
      if (runs === PROCESSES / 4) before ??= await takeFootprint();
      if (runs === PROCESSES) stop();
      return real.tick(reason);
    },
    start: command => {
      if (command[0] === 'run') runs++;
      return real.start(command);
    },
  };
  expect(await keep({ children, clock: systemClock, signals, supervisor: NOBODY })).toBe(0);
  const after = await takeFootprint();
  expectNoMore(after, before ?? expect.unreachable());
  expect(listeners()).toBe(0);
}, 600_000);

it('ten thousand updates make a history of some kilobytes, in which each rollback finds its way', async () => {
  const state = tempFolder();
  const past = (index: number) => ({
    v: 1 as const,
    rollout: `r${index}`,
    container: `app${index % 30}`,
    reference: 'ghcr.io/team/app:latest',
    outcome: 'updated' as const,
    fromImage: `sha256:${String(index).padStart(64, '0')}`,
    fromDigest: `sha256:${String(index).padStart(64, 'a')}`,
    toDigest: `sha256:${String(index).padStart(64, 'b')}`,
    startedAt: index,
    endedAt: index,
  });
  // Written in one go, since each of them is synced; the last few as ever.
  const lines = Array.from({ length: 9950 }, (_, index) => `${JSON.stringify(past(index))}\n`);
  writeFileSync(join(state, 'history.jsonl'), lines.join(''));
  const history = openHistory(state);
  for (let index = 9950; index < 10_000; index++) await history.add(past(index));
  expect(sizeOf(state)).toBeLessThan(MEGABYTE);
  expect((await history.read()).at(-1)?.rollout).toBe('r9999');
});
