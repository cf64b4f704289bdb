import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EngineProxy, type PassedCall, startEngineProxy } from '../support/engine-proxy.ts';
import { expectWhole, lookBefore, startBystander } from '../support/invariants.ts';
import { answerOf, type CommandResult, Lab, until } from '../support/lab.ts';
import { IS_LONG } from '../support/long-run.ts';
import type { Behaviour } from '../support/service-image.ts';
import { shiftedClock } from '../support/shifted-clock.ts';

const ANSWERS = { url: 'http://127.0.0.1:18080/health', old: '200 /health 1', new: '200 /health 2' };
const SOCKET = '/run/refreshd-sandbox/clock.sock';
/** An update and its way back take some seconds; what waits for a clock takes a day, or into a deadline. */
const PATIENCE = 100_000;
const DAY = 86_400;

let lab: Lab;
let proxy: EngineProxy;
beforeAll(async () => {
  lab = await Lab.open();
  proxy = await startEngineProxy(lab.socket, SOCKET);
});
beforeEach(async () => {
  await lab.clear();
  proxy.watch = undefined;
  await lab.publish({ version: '1' });
  await lab.pull();
  await startBystander(lab);
  await lab.run('app', {
    HostConfig: {
      PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] },
      RestartPolicy: { Name: 'unless-stopped' },
    },
  });
  await until('version 1 answers', async () => (await answerOf(ANSWERS.url)) === ANSWERS.old);
});
afterAll(async () => {
  await proxy.close();
  await lab.close();
});

/** Runs the command on a wall clock that jumps after the first call that fits; the other clocks go on as ever. */
async function runWhileClockJumps(by: number, fits: RegExp): Promise<CommandResult> {
  const clock = shiftedClock(lab.home);
  let jumped = false;
  proxy.watch = async ({ method, path }: PassedCall) => {
    if (jumped || !fits.test(`${method} ${path}`)) return;
    jumped = true;
    clock.shift(by);
  };
  const result = await lab.refreshd(['run', '--json'], {
    DOCKER_HOST: `unix://${SOCKET}`,
    ...clock.environment,
  });
  expect(jumped, 'the clock jumped').toBe(true);
  return result;
}

/** Runs an update in whose middle the clock jumps. @returns what came of the container */
async function updateTo(behaviour: Behaviour, by: number, fits: RegExp): Promise<string> {
  await lab.publish({ version: '2', behaviour });
  const before = await lookBefore(lab, 'app');
  const begun = performance.now();
  const { code, stdout, stderr } = await runWhileClockJumps(by, fits);
  expect(performance.now() - begun, 'milliseconds').toBeLessThan(PATIENCE);
  expect(stderr).toBe('');
  const report = JSON.parse(stdout);
  // That the clock did jump shows in the dates that people read, and nowhere else.
  const apart = (Date.parse(report.endedAt) - Date.parse(report.startedAt)) / 1000;
  expect(Math.abs(apart - by)).toBeLessThan(PATIENCE / 1000);
  expect(report.summary).toMatch(/, \d+(\.\d)? s\)/);
  const [app] = report.containers.filter(({ name }: { name: string }) => name === 'app');
  expect(app.downtime).toBeGreaterThan(0);
  expect(app.downtime).toBeLessThan(PATIENCE);
  const which = await expectWhole(lab, before, ANSWERS);
  expect([code, which]).toEqual(app.outcome === 'updated' ? [0, 'new'] : [1, 'old']);
  return app.outcome;
}

const POINTS: readonly (readonly [string, RegExp])[] = [
  ['the new one is started', /^POST \/containers\/\w+\/start/],
  ['the new one is made', /^POST \/containers\/create/],
  ['the old one is stopped', /^POST \/containers\/\w+\/stop/],
];
const JUMPS = [
  ['forward', DAY],
  ['backward', -DAY],
] as const;

describe.each(IS_LONG ? POINTS : POINTS.slice(0, 1))('the clock jumps a day when %s:', (_, point) => {
  it.each(JUMPS)('%s, and a good update is one all the same', async (_way, by) => {
    expect(await updateTo('good', by, point)).toBe('updated');
    expect(existsSync(join(lab.home, 'state/rejected.json'))).toBe(false);
  });

  it.each(JUMPS)(
    '%s, and an image that ends at once is rolled back and not tried again',
    async (_way, by) => {
      expect(await updateTo('exits', by, point)).toBe('rolled-back');
      expect(readFileSync(join(lab.home, 'state/rejected.json'), 'utf8')).toContain('"app"');
      expect((await lab.refreshd(['run'])).stdout).toMatch(/^app\trejected\t/);
    },
  );
});
