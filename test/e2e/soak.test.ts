import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findHome } from '../../src/cli/home.ts';
import { openLog } from '../../src/cli/logging.ts';
import { openTools } from '../../src/cli/open-tools.ts';
import { readSettings } from '../../src/cli/settings.ts';
import { UNWATCHED } from '../../src/rollout/tools.ts';
import { updateRun } from '../../src/run/update-run.ts';
import { sizeOf, takeFootprint } from '../support/footprint.ts';
import { Lab } from '../support/lab.ts';
import { IS_LONG } from '../support/long-run.ts';

const RUNS = IS_LONG && process.env['SANDBOX_ENGINE'] === 'debian' ? 2000 : 120;
/** What the heap is off by though nothing is left behind: the first hundred runs still warm it up. */
const NOISE = 6 * 1024 * 1024;
/** One in so many takes an update. */
const UPDATES = 30;
const LOG_SIZE = 4096;
const SETTINGS = {
  REFRESHD_WATCH: 'all',
  REFRESHD_STABLE_FOR: '0',
  REFRESHD_STOP_TIMEOUT: '1s',
  REFRESHD_LOG_SIZE: '4KB',
  REFRESHD_LOG_KEEP: '3',
};

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
  await lab.clear();
  for (const repository of ['app', 'other']) {
    await lab.publish({ version: '0' }, repository);
    await lab.pull(lab.reference(repository));
    await lab.run(repository, { Image: lab.reference(repository) });
  }
});
afterAll(() => lab.close());

/** All that a run of the command does, in this process. @returns how many containers were updated */
async function runOnce(): Promise<number> {
  const home = findHome(lab.home);
  const settings = await readSettings(home.path, SETTINGS);
  const { log, close: closeLog } = await openLog({ folder: join(home.path, 'logs'), settings, echo: false });
  const { tools, close } = await openTools({
    home,
    settings,
    environment: { DOCKER_HOST: `unix://${lab.socket}`, HOME: home.path },
    log,
    watcher: UNWATCHED,
    interrupted: new AbortController().signal,
  });
  const { containers } = await updateRun(tools, { names: [], dryRun: false });
  await close();
  await closeLog();
  expect(containers.map(({ outcome }) => outcome).filter(each => !/^(current|updated)$/.test(each))).toEqual(
    [],
  );
  return containers.filter(({ outcome }) => outcome === 'updated').length;
}

it(`${RUNS} runs leave nothing behind in the process, and no more than is allowed on the disk`, async () => {
  let updates = 0;
  let before: Awaited<ReturnType<typeof takeFootprint>> | undefined;
  for (let run = 1; run <= RUNS; run++) {
    if (run % UPDATES === 0) await lab.publish({ version: String(run) }, 'app');
    updates += await runOnce();
    lab.registry.forget();
    if (run === RUNS / 2) before = await takeFootprint();
  }
  const after = await takeFootprint();
  expect(updates).toBe(Math.floor(RUNS / UPDATES));
  const grown = after.heap - (before?.heap ?? 0);
  expect(grown, 'bytes of heap').toBeLessThan(NOISE);
  expect(after.files).toBeLessThanOrEqual(before?.files ?? 0);
  expect(after.resources).toEqual(before?.resources);

  expect(sizeOf(join(lab.home, 'logs'))).toBeLessThan(5 * LOG_SIZE);
  const state = join(lab.home, 'state');
  expect(readdirSync(state).sort()).toEqual([
    'history.jsonl',
    'known.json',
    'last-run.json',
    'registries.json',
    'rollouts',
    'told.json',
  ]);
  expect(readdirSync(join(state, 'rollouts'))).toEqual([]);
  expect(sizeOf(state)).toBeLessThan(4096 + updates * 1024);
  expect(await lab.names()).toEqual(['app', 'other']);
}, 3_600_000);
