import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { NO_PINS, openPins, pinnedDigest, withPin } from '../../../src/journal/pins.ts';
import { digestOf } from '../../support/rollout-samples.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const A = digestOf('a');
const B = digestOf('b');

it('keeps pins until they are taken away', async () => {
  const state = tempFolder();
  const file = openPins(state);
  expect(await file.read()).toEqual({ ok: true, value: NO_PINS });
  const one = withPin(NO_PINS, 'web', { digest: A, at: 5 });
  const two = withPin(one, 'db', { digest: B, at: 6 });
  await file.write(two);
  expect(await openPins(state).read()).toEqual({ ok: true, value: two });
  expect(statSync(file.path).mode & 0o777).toBe(0o600);
  expect([pinnedDigest(two, 'web'), pinnedDigest(two, 'db'), pinnedDigest(two, 'x')]).toEqual([
    A,
    B,
    undefined,
  ]);
  expect(withPin(two, 'web', { digest: B, at: 7 }).pins['web']).toEqual({ digest: B, at: 7 });
  expect(withPin(withPin(two, 'web', undefined), 'db', undefined)).toEqual(NO_PINS);
});

it.each([
  ['', 'it is empty'],
  ['{"v":1', 'it is not JSON'],
  ['{}', 'v: expected 1'],
  ['{"v":2,"pins":{}}', 'v: expected 1'],
  ['{"v":1,"pins":{},"more":1}', 'Unrecognized key: "more"'],
  ['{"v":1,"pins":{"web":{"digest":"sha256:beef","at":1}}}', 'pins.web.digest: not a digest'],
  ['{"v":1,"pins":{"web":{"digest":"latest","at":1}}}', 'pins.web.digest: not a digest'],
])('%j is not taken for a file without pins, and stays as it is', async (text, problem) => {
  const file = openPins(tempFolder());
  writeFileSync(file.path, text);
  expect(await file.read()).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  expect(readFileSync(file.path, 'utf8')).toBe(text);
});

it('throws where it cannot be read', async () => {
  const state = tempFolder();
  mkdirSync(join(state, 'pins.json'));
  await expect(openPins(state).read()).rejects.toMatchObject({ name: 'StateError', code: 'unreadable' });
  const other = tempFolder();
  symlinkSync('/dev/null', join(other, 'pins.json'));
  await expect(openPins(other).read()).rejects.toMatchObject({ name: 'StateError', code: 'unreadable' });
});

it.each(['constructor', 'toString', '__proto__'])(
  'does not stumble over a container called %s',
  async name => {
    expect(pinnedDigest(NO_PINS, name)).toBeUndefined();
    const pinned = withPin(NO_PINS, name, { digest: A, at: 1 });
    expect(pinnedDigest(pinned, name)).toBe(A);
  },
);
