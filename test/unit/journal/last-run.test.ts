import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openLastRun } from '../../../src/journal/last-run.ts';
import { tempFolder } from '../../support/temp-folder.ts';

it('remembers the run before this one, or that there was none', async () => {
  const state = tempFolder();
  const lastRun = openLastRun(state);
  expect(await lastRun.recall()).toEqual({ value: undefined, problem: undefined });
  const value = { startedAt: 1, endedAt: 2, summary: '1 container checked, all current' };
  await lastRun.remember(value);
  expect(await openLastRun(state).recall()).toEqual({ value, problem: undefined });
  writeFileSync(join(state, 'last-run.json'), '{"startedAt": 1}');
  const { value: none, problem } = await lastRun.recall();
  expect(none).toBeUndefined();
  expect(problem).toMatch(/last-run\.json is not understood/);
});
