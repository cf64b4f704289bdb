import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from '../../../src/base/shape.ts';
import { openMemory } from '../../../src/journal/memory.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const shape = z.object({ count: z.number() });
const EMPTY = { count: 0 };

function open() {
  const state = tempFolder();
  const path = join(state, 'thing.json');
  return { memory: openMemory(state, 'thing', shape, EMPTY), state, path };
}

describe('a memory', () => {
  it('holds what was last remembered', async () => {
    const { memory, state, path } = open();
    expect(await memory.recall()).toEqual({ value: EMPTY, problem: undefined });
    await memory.remember({ count: 1 });
    await memory.remember({ count: 2 });
    expect(await memory.recall()).toEqual({ value: { count: 2 }, problem: undefined });
    expect(await openMemory(state, 'thing', shape, EMPTY).recall()).toMatchObject({ value: { count: 2 } });
    expect(readFileSync(path, 'utf8')).toBe('{\n "count": 2\n}\n');
    expect([readdirSync(state), statSync(path).mode & 0o777]).toEqual([['thing.json'], 0o600]);
  });

  it.each([
    ['', 'it is empty'],
    ['{"count": 2', 'it is not JSON'],
    ['{"count": "2"}', 'count: expected number, received string'],
  ])('that reads %j counts as empty, and says so', async (text, problem) => {
    const { memory, path } = open();
    writeFileSync(path, text);
    const recalled = await memory.recall();
    expect(recalled).toEqual({
      value: EMPTY,
      problem: `${path} is not understood and counts as empty: ${problem}`,
    });
    await memory.remember({ count: 3 });
    expect(await memory.recall()).toEqual({ value: { count: 3 }, problem: undefined });
  });

  it('throws a StateError where it cannot be read or written', async () => {
    const { memory, path } = open();
    mkdirSync(path);
    await expect(memory.recall()).rejects.toMatchObject({ name: 'StateError', code: 'unreadable' });
    await expect(memory.remember(EMPTY)).rejects.toMatchObject({ name: 'StateError', code: 'not-writable' });
  });

  it('follows no link', async () => {
    const { memory, state, path } = open();
    writeFileSync(join(state, 'elsewhere'), '{"count": 9}');
    symlinkSync('elsewhere', path);
    await expect(memory.recall()).rejects.toMatchObject({ name: 'StateError' });
    await memory.remember({ count: 1 });
    expect(readFileSync(join(state, 'elsewhere'), 'utf8')).toBe('{"count": 9}');
  });
});
