import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { openDueMemory } from '../../../src/daemon/due.ts';
import { openFileJournal } from '../../../src/journal/file-journal.ts';
import { openHistory } from '../../../src/journal/history.ts';
import { openLastRun } from '../../../src/journal/last-run.ts';
import { openRejections, rejectionOf } from '../../../src/journal/rejections.ts';
import { openSeenDigests } from '../../../src/journal/seen-digests.ts';
import { openKnownRegistries } from '../../../src/run/known-registries.ts';
import { tempFolder } from '../../support/temp-folder.ts';

let folder: string;
beforeEach(() => {
  folder = tempFolder();
  mkdirSync(join(folder, 'rollouts'), { mode: 0o700 });
});

/** What each file of ours is read by; all of them have to come to an end with a value. */
const READERS: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['rejected.json', async () => (await openRejections(folder).recall()).value],
  ['seen.json', async () => (await openSeenDigests(folder).recall()).value],
  ['registries.json', async () => (await openKnownRegistries(folder).recall()).value],
  ['last-run.json', async () => (await openLastRun(folder).recall()).value],
  ['schedule.json', async () => (await openDueMemory(folder).recall()).value],
  ['history.jsonl', async () => openHistory(folder).read()],
  ['rollouts/a.json', async () => (await openFileJournal(folder)).peek()],
];

const DIGEST = `sha256:${'a'.repeat(64)}`;
const REJECTION = `{"digest":"${DIGEST}","reason":"r","at":1}`;

describe.each(READERS)('%s', (name, read) => {
  const put = (text: string) => writeFileSync(join(folder, name), text, { mode: 0o600 });

  it.each([
    ['brackets without end', '['.repeat(2_000_000)],
    ['objects in objects', '{"a":'.repeat(400_000)],
    ['deep, but whole', `${'['.repeat(5000)}${']'.repeat(5000)}`],
    [
      'deep, in what is kept as it came',
      `{"v":1,"sum":"x","entry":${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
    ],
    ['a prototype', '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'],
    ['a prototype in a line', `{"v":1,"sum":"x","entry":{"__proto__":{"polluted":true}}}`],
    ['a number too large', '{"due":1e999,"expression":"x","startedAt":1e999,"endedAt":-1e999,"summary":""}'],
    ['no text at all', '\0\u0001\uffff'],
  ])('takes %s for what it is', async (_, text) => {
    put(text);
    await read();
    expect(({} as Record<string, unknown>)['polluted']).toBe(undefined);
  });

  it('takes anything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.json({ maxDepth: 8 })), async text => {
        put(text);
        await read();
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

it.each(['__proto__', 'constructor', 'toString'])('a container may be called %s', async name => {
  writeFileSync(join(folder, 'rejected.json'), `{"web":${REJECTION}}`, { mode: 0o600 });
  const { value } = await openRejections(folder).recall();
  expect(rejectionOf(value, name)).toBe(undefined);
  expect(rejectionOf(value, 'web')?.reason).toBe('r');
});
