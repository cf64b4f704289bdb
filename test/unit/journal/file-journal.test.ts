import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFileJournal } from '../../../src/journal/file-journal.ts';
import type { JournalEntry } from '../../../src/journal/journal.ts';
import { StateError } from '../../../src/journal/state-error.ts';
import { rollout } from '../../support/rollout-samples.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const entry = (id: string, over: Partial<JournalEntry> = {}): JournalEntry => ({
  rollout: { ...rollout(), id },
  phase: 'preparing',
  startedAt: 5,
  attempts: 0,
  failure: undefined,
  ...over,
});

async function open() {
  const state = tempFolder();
  const journal = await openFileJournal(state);
  return { journal, state, folder: join(state, 'rollouts') };
}

describe('the journal in files', () => {
  it('remembers what was begun until it has ended, over a restart', async () => {
    const { journal, state, folder } = await open();
    expect(await journal.open()).toEqual({ entries: [], unreadable: [] });
    await journal.write(entry('b'));
    await journal.write(entry('a'));
    await journal.write(entry('a', { phase: 'switching', attempts: 2 }));
    const again = await openFileJournal(state);
    const a = entry('a', { phase: 'switching', attempts: 2 });
    expect(await again.open()).toEqual({ entries: [a, entry('b')], unreadable: [] });
    await again.close('a');
    await again.close('a');
    expect(await again.open()).toEqual({ entries: [entry('b')], unreadable: [] });
    expect(readdirSync(folder)).toEqual(['b.json']);
  });

  it('is for its owner alone', async () => {
    const { journal, state, folder } = await open();
    chmodSync(folder, 0o755);
    await openFileJournal(state);
    await journal.write(entry('a'));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'a.json')).mode & 0o777).toBe(0o600);
  });

  it('puts aside, once, what it cannot understand, and reads the rest', async () => {
    const { journal, folder } = await open();
    await journal.write(entry('a'));
    await journal.write(entry('c'));
    const torn = readFileSync(join(folder, 'a.json'), 'utf8').slice(0, 40);
    writeFileSync(join(folder, 'a.json'), torn);
    writeFileSync(join(folder, 'b.json'), '');
    const path = (name: string) => join(folder, `${name}.json.bad`);
    const inPlace = (name: string) => join(folder, `${name}.json`);
    for (const _ of ['once', 'twice'])
      expect(await journal.peek()).toEqual({
        entries: [entry('c')],
        unreadable: [`${inPlace('a')}: it is not JSON`, `${inPlace('b')}: it is empty`],
      });
    expect(await journal.open()).toEqual({
      entries: [entry('c')],
      unreadable: [`${path('a')}: it is not JSON`, `${path('b')}: it is empty`],
    });
    expect(readFileSync(path('a'), 'utf8')).toBe(torn);
    expect(await journal.open()).toEqual({ entries: [entry('c')], unreadable: [] });
  });

  it('passes over a file that was not finished, and clears it away when a run begins', async () => {
    const { journal, folder } = await open();
    await journal.write(entry('b'));
    writeFileSync(join(folder, 'a.json.0123456789ab.tmp'), '{');
    const only = { entries: [entry('b')], unreadable: [] };
    expect(await journal.peek()).toEqual(only);
    expect(readdirSync(folder)).toHaveLength(2);
    expect(await journal.open()).toEqual(only);
    expect(readdirSync(folder)).toEqual(['b.json']);
  });

  it('throws a StateError where it cannot be read or written', async () => {
    const { journal, folder } = await open();
    mkdirSync(join(folder, 'a.json'));
    await expect(journal.open()).rejects.toThrow(StateError);
    await expect(journal.write(entry('a'))).rejects.toThrow(StateError);
    await expect(journal.close('a')).rejects.toThrow(StateError);
    expect(readdirSync(folder)).toEqual(['a.json']);
    rmSync(folder, { recursive: true });
    await expect(journal.open()).rejects.toMatchObject({
      name: 'StateError',
      code: 'unreadable',
      message: `${folder} cannot be read (ENOENT).`,
    });
    await expect(journal.write(entry('a'))).rejects.toMatchObject({ code: 'not-writable' });
  });
});
