import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openRejections, rejectionOf, rejectionOfImage } from '../../../src/journal/rejections.ts';
import { digestOf, OFFERED } from '../../support/rollout-samples.ts';
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

it('knows a rejected image by any of its digests, and reads what was written without the others', async () => {
  const state = tempFolder();
  const rejections = openRejections(state);
  const web = { digest: OFFERED, aliases: [digestOf('e'), digestOf('f')], reason: 'it crashed', at: 5 };
  const old = { digest: OFFERED, reason: 'it crashed', at: 5 };
  await rejections.remember({ web, old });
  const { value } = await rejections.recall();
  expect(value).toEqual({ web, old });
  expect(rejectionOfImage(value, 'web', [digestOf('0'), digestOf('f')])).toEqual(web);
  expect(rejectionOfImage(value, 'web', [digestOf('0')])).toBeUndefined();
  expect(rejectionOfImage(value, 'old', [OFFERED])).toEqual(old);
  expect(rejectionOfImage(value, 'old', [digestOf('e')])).toBeUndefined();
  expect(rejectionOfImage(value, 'db', [OFFERED])).toBeUndefined();
});
