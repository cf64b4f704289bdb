import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startEngineProxy } from '../support/engine-proxy.ts';
import { answerOf, Lab, resultOf, until } from '../support/lab.ts';

let lab: Lab;
let daemon: ChildProcess | undefined;
beforeAll(async () => {
  lab = await Lab.open();
});
beforeEach(async () => {
  await lab.clear();
  await lab.publish({ version: '1' });
  await lab.pull();
  await lab.run('app', {
    HostConfig: {
      PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] },
      RestartPolicy: { Name: 'always' },
    },
  });
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
});
afterEach(() => {
  daemon?.kill('SIGKILL');
});
afterAll(() => lab.close());

const HEALTH = 'http://127.0.0.1:18080/health';

/** Minute and hour of a moment, as a schedule. */
function scheduleAt(moment: number): string {
  const date = new Date(moment);
  return `${date.getMinutes()} ${date.getHours()} * * *`;
}

function logIncludes(text: string | RegExp): () => boolean {
  return () => {
    try {
      return lab.log().match(text) !== null;
    } catch {
      return false;
    }
  };
}

it('says when the next run is, runs it once when it is due, and stops at once', async () => {
  await lab.publish({ version: '2' });
  const due = Math.ceil((Date.now() + 8000) / 60_000) * 60_000;
  daemon = lab.spawn(['daemon'], { REFRESHD_SCHEDULE: scheduleAt(due) });
  const result = resultOf(daemon);
  await until(
    'it has started',
    logIncludes(
      /info {2}refreshd [\d.]+ started in .+; next run \d{4}-\d\d-\d\d \d\d:\d\d:00 [+-]\d\d:\d\d \(in \d+[^)]+\)(, (then )?\w{3} \d{4}-\d\d-\d\d \d\d:\d\d){4}\.$/m,
    ),
  );
  expect(await answerOf(HEALTH)).toBe('200 /health 1');
  await until('the run took place', logIncludes('1 container checked: 1 updated'), due - Date.now() + 30_000);
  expect(Date.now()).toBeGreaterThanOrEqual(due);
  expect(await answerOf(HEALTH)).toBe('200 /health 2');
  await sleep(3000);
  expect(lab.log().match(/checked/g)).toHaveLength(1);

  daemon.kill('SIGTERM');
  const { code, stdout } = await result;
  expect(code).toBe(0);
  expect(stdout).toContain('refreshd stopped.');
  expect(lab.log()).toMatch(/info {2}refreshd stopped\.\n$/);
}, 150_000);

it('opens no debugger to the users of this machine, at whatever signal', async () => {
  daemon = lab.spawn(['daemon']);
  const result = resultOf(daemon);
  await until('it has started', logIncludes('started in'));
  daemon.kill('SIGUSR1');
  daemon.kill('SIGTERM');
  const { code, stderr } = await result;
  expect(code).toBe(0);
  expect(stderr).not.toContain('Debugger');
});

it('brings to an end what a killed run left, when it starts', async () => {
  await lab.publish({ version: '2' });
  const proxy = await startEngineProxy(lab.socket, '/run/refreshd-sandbox/daemon-proxy.sock');
  const child = lab.spawn(['run'], { DOCKER_HOST: `unix://${proxy.socket}` });
  proxy.spoil = ({ path }) =>
    path.endsWith('/start') ? { kind: 'tell', when: 'before', tell: () => child.kill('SIGKILL') } : undefined;
  await resultOf(child);
  await proxy.close();
  expect(await answerOf(HEALTH)).toBe(undefined);

  daemon = lab.spawn(['daemon'], {});
  await until('the old one serves again', async () => (await answerOf(HEALTH)) === '200 /health 1');
  await until('it is settled', logIncludes('Rolled back: it was interrupted while switching'));
  expect(await lab.names()).toEqual(['app']);
});

it('makes up for a run that was missed, soon after it starts', async () => {
  daemon = lab.spawn(['daemon']);
  await until('it has started', logIncludes('next run'));
  daemon.kill('SIGKILL');
  const file = `${lab.home}/state/schedule.json`;
  const remembered = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(
    file,
    JSON.stringify({ ...remembered, due: Date.now() - 3_600_000, runAt: Date.now() - 3_600_000 }),
  );
  daemon = lab.spawn(['daemon']);
  await until('it has started again', logIncludes(/to make up for the one due .+\./));
});

it('holds little more memory than a bare Node while it waits', async () => {
  daemon = lab.spawn(['daemon']);
  const bare = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)']);
  try {
    await until('it has started', logIncludes('next run'));
    await until(
      'its children are gone',
      () => readFileSync(`/proc/${daemon?.pid}/task/${daemon?.pid}/children`, 'utf8') === '',
    );
    await sleep(1000);
    expect(residentMegabytes(daemon) - residentMegabytes(bare)).toBeLessThan(15);
  } finally {
    bare.kill('SIGKILL');
  }
});

function residentMegabytes(child: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1000;
}

it('does not start with settings that cannot be used', async () => {
  const { code, stderr } = await lab.refreshd(['daemon'], { REFRESHD_SCHEDULE: 'every sunday' });
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^refreshd: REFRESHD_SCHEDULE in the environment: "every sunday" is no schedule: five fields are needed/,
  );
});
