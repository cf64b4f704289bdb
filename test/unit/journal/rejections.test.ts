import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openRejections, rejectionOf } from '../../../src/journal/rejections.ts';
import { OFFERED } from '../../support/rollout-samples.ts';
import { tempFolder } from '../../support/temp-folder.ts';

it('remembers the last rejected digest of each container', async () => {
  const state = tempFolder();
  const rejections = openRejections(state);
  expect(await rejections.recall()).toEqual({ value: {}, problem: undefined });
  const value = { web: { digest: OFFERED, reason: 'it crashed', at: 5 } };
  await rejections.remember(value);
  expect((await rejections.recall()).value).toEqual(value);

  const path = join(state, 'rejected.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace('sha256:d', 'sha256:D'));
  const { value: none, problem } = await rejections.recall();
  expect(none).toEqual({});
  expect(problem).toMatch(/rejected\.json is not understood and counts as empty: web\.digest: not a digest$/);
});

it.each(['constructor', 'toString', '__proto__'])('does not stumble over a container called %s', name => {
  expect(rejectionOf({}, name)).toBeUndefined();
  const rejection = { digest: OFFERED, reason: 'it crashed', at: 5 };
  expect(rejectionOf(Object.fromEntries([[name, rejection]]), name)).toBe(rejection);
});
