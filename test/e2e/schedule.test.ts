import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { RememberedDue } from '../../src/daemon/due.ts';
import { type EngineProxy, startEngineProxy } from '../support/engine-proxy.ts';
import { Lab, resultOf, until } from '../support/lab.ts';
import { type ShiftedClock, shiftedClock } from '../support/shifted-clock.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** The daemon looks at its clock every half minute; the rest is for a busy machine. */
const A_LOOK = 60_000;

let lab: Lab;
let proxy: EngineProxy;
let clock: ShiftedClock;
let daemon: ChildProcess | undefined;
beforeAll(async () => {
  lab = await Lab.open();
  proxy = await startEngineProxy(lab.socket, '/run/refreshd-sandbox/schedule.sock');
});
beforeEach(async () => {
  await lab.clear();
  proxy.spoil = undefined;
  clock = shiftedClock(lab.home);
  await lab.publish({ version: '1' });
  await lab.pull();
  await lab.run('app');
});
afterEach(() => {
  daemon?.kill('SIGKILL');
});
afterAll(async () => {
  await proxy.close();
  await lab.close();
});

/** A daemon that lives by the shifted clock, with a run every day at an hour from now. */
async function startDaily(settings: Record<string, string> = {}): Promise<ChildProcess> {
  const due = new Date(clock.now() + HOUR * 1000);
  const REFRESHD_SCHEDULE = `${due.getUTCMinutes()} ${due.getUTCHours()} * * *`;
  lab.writeSettings({ REFRESHD_SCHEDULE, REFRESHD_TIMEZONE: 'UTC', ...settings });
  return startDaemon();
}

async function startDaemon(): Promise<ChildProcess> {
  const starts = count(/ started in /);
  daemon = lab.spawn(['daemon'], clock.environment);
  await until('it has started', () => count(/ started in /) > starts);
  await until('it has recovered', () => childrenOf(daemon) === 0);
  return daemon;
}

function log(): string {
  try {
    return lab.log();
  } catch {
    return '';
  }
}

/** How many lines of the log are like that. */
function count(pattern: RegExp): number {
  return log()
    .split('\n')
    .filter(line => pattern.test(line)).length;
}

function childrenOf(process: ChildProcess | undefined): number {
  const text = readFileSync(`/proc/${process?.pid}/task/${process?.pid}/children`, 'utf8');
  return text.split(' ').filter(each => each !== '').length;
}

function remembered(): NonNullable<RememberedDue> {
  return JSON.parse(readFileSync(`${lab.home}/state/schedule.json`, 'utf8'));
}

const RUN = /container checked/;
const MOVED = /The machine slept, or its clock was set; next run /;

it('makes up for what it slept through, once, and not in the first second', async () => {
  const { pid = 0 } = await startDaily();
  process.kill(pid, 'SIGSTOP');
  clock.shift(5 * HOUR);
  process.kill(pid, 'SIGCONT');
  await until('it noticed', () => count(MOVED) === 1, A_LOOK);
  expect(log()).toMatch(/slept.+; next run .+ \(in \d+ s\), to make up for the one due /);
  expect(count(RUN)).toBe(0);
  clock.shift(5 * HOUR + 120);
  await until('it ran', () => count(RUN) === 1, A_LOOK);
  await until('that is settled', () => remembered().through !== undefined && childrenOf(daemon) === 0);
  // The same time of day again, as if somebody had set the clock back by hand: what ran does not run again.
  clock.shift(0);
  await until('it noticed that as well', () => count(MOVED) === 2, A_LOOK);
  clock.shift(2 * HOUR);
  await sleep(35_000);
  expect(count(RUN)).toBe(1);
}, 300_000);

it('leaves out what it slept through, where nobody wants it back', async () => {
  await startDaily({ REFRESHD_CATCH_UP: 'off' });
  clock.shift(5 * HOUR);
  await until('it noticed', () => count(MOVED) === 1, A_LOOK);
  expect(log()).toMatch(/slept.+; next run [^,]+ \(in 20 h\)\.$/m);
});

it('waits for what its clock says, where that had been years ahead', async () => {
  clock.shift(4000 * DAY);
  await startDaily();
  const year = () => new Date(remembered().runAt).getFullYear();
  expect(year()).toBeGreaterThan(new Date().getFullYear() + 9);
  clock.shift(0);
  await until('it noticed', () => count(MOVED) === 1, A_LOOK);
  expect(year()).toBeLessThan(new Date().getFullYear() + 2);
});

it('makes up for the weeks that it was not there by one run, and in its window', async () => {
  const { pid = 0 } = await startDaily();
  process.kill(pid, 'SIGKILL');
  clock.shift(21 * DAY + 5 * HOUR);
  await startDaemon();
  expect(log()).toMatch(/started in .+; next run .+ \(in \d+ s\), to make up for the one due /);
  expect(count(/make up/)).toBe(1);
  daemon?.kill('SIGKILL');

  // Two hours that are five hours away; the schedule's own time is days away.
  const at = (hours: number) => new Date(clock.now() + hours * HOUR * 1000).toISOString().slice(11, 16);
  const due = new Date(clock.now() + 6 * HOUR * 1000 - 3 * DAY * 1000);
  const weekly = `${due.getUTCMinutes()} ${due.getUTCHours()} * * ${due.getUTCDay()}`;
  lab.writeSettings({
    REFRESHD_SCHEDULE: weekly,
    REFRESHD_TIMEZONE: 'UTC',
    REFRESHD_WINDOW: `${at(5)}-${at(7)}`,
  });
  await startDaemon();
  daemon?.kill('SIGKILL');
  clock.shift(21 * DAY + 5 * HOUR + 5 * DAY);
  await startDaemon();
  expect(log()).toMatch(/started in .+; next run \S+ \S+ \S+ \((in 5 h|in 300 min)\), to make up for /);
});

it('goes by a changed schedule when it is told to, and keeps the one it has where that is none', async () => {
  const { pid = 0 } = await startDaily();
  lab.writeSettings({ REFRESHD_SCHEDULE: '30 4 * * *', REFRESHD_TIMEZONE: 'Asia/Kolkata' });
  process.kill(pid, 'SIGHUP');
  await until('it read them', () => count(/Settings read again/) === 1);
  expect(log()).toMatch(
    /Settings read again; next run \S+ 04:30:00 \+05:30 \(in .+\)(, (then )?\w+ \S+ 04:30){4}\./,
  );

  const status = JSON.parse((await lab.refreshd(['status', '--json'])).stdout);
  expect(status.nextRuns).toHaveLength(5);
  expect(status.nextRuns[0]).toBe(status.nextRun);
  expect(new Date(status.nextRun).toISOString()).toMatch(/T23:00:00\.000Z$/);

  lab.writeSettings({ REFRESHD_SCHEDULE: 'now and then', REFRESHD_WATCH: 'me' });
  process.kill(pid, 'SIGHUP');
  await until('it says so', () => count(/cannot be used/) === 1);
  expect(log()).toMatch(
    /error 2 settings cannot be used: REFRESHD_SCHEDULE in .+ "now and then" is no schedule: .+ REFRESHD_WATCH .+ not "me"\. The daemon waits as before; put it right, and send it SIGHUP or restart it\.\n$/,
  );
  expect(remembered().expression).toBe('30 4 * * *');
  expect(daemon?.exitCode).toBeNull();
});

it('ends a run that outlives its deadline, and what fell due meanwhile does not pile up', async () => {
  await lab.publish({ version: '2' });
  let pulls = 0;
  proxy.spoil = ({ path }) => {
    if (!path.startsWith('/images/create')) return undefined;
    pulls++;
    return { kind: 'hang', when: 'before' };
  };
  lab.writeSettings({ REFRESHD_SCHEDULE: '* * * * *', REFRESHD_RUN_DEADLINE: '1m' });
  daemon = lab.spawn(['daemon'], { DOCKER_HOST: `unix://${proxy.socket}` });
  const result = resultOf(daemon);
  await until('it pulls', () => pulls === 1, 90_000);
  const begun = Date.now();
  await until(
    'the run was ended',
    () => {
      expect(childrenOf(daemon)).toBeLessThanOrEqual(1);
      return count(/Told to leave before it was through/) === 1;
    },
    90_000,
  );
  // It was asked a minute after it began, which was a moment before it pulled.
  expect(Date.now() - begun).toBeGreaterThan(45_000);
  expect(await lab.names()).toEqual(['app']);
  proxy.spoil = undefined;
  await until('the next one is through', () => count(/1 container checked: 1 updated/) === 1, 90_000);
  expect(count(/Told to leave/)).toBe(1);
  expect(pulls).toBe(1);
  daemon.kill('SIGTERM');
  expect((await result).code).toBe(0);
}, 300_000);
