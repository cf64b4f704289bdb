import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { PullProgress } from '../../../src/engine/engine.ts';
import { readPullStream } from '../../../src/engine/pull-stream.ts';

const line = (status: string, current: number, id = 'a') =>
  `${JSON.stringify({ id, status, progressDetail: { current, total: 1000 } })}\n`;

/** A pull that says these lines, a moment apart. */
async function* slowly(...lines: readonly string[]): AsyncGenerator<string> {
  for (const each of lines) {
    await sleep(30);
    yield each;
  }
}

async function read(
  lines: readonly string[],
  least: { bytes: number; within: number },
): Promise<PullProgress[]> {
  const seen: PullProgress[] = [];
  await readPullStream(Readable.from(slowly(...lines)), 'app', progress => seen.push(progress), { least });
  return seen;
}

const DRIPPING = Array.from({ length: 10 }, (_, at) => line('Downloading', at + 1));

it('takes a registry that drips for one that does not answer', async () => {
  await expect(read(DRIPPING, { bytes: 100, within: 60 })).rejects.toMatchObject({
    code: 'unknown',
    message: expect.stringContaining('KiB in'),
  });
});

it('waits for one that is slow, and for what is unpacked', async () => {
  expect(await read(DRIPPING, { bytes: 1, within: 60 })).toHaveLength(10);
  const unpacked = Array.from({ length: 10 }, () => line('Extracting', 1));
  expect(await read(unpacked, { bytes: 100, within: 60 })).toHaveLength(10);
});

it('never goes back, though unpacking counts from zero again', async () => {
  const seen = await read(
    [line('Downloading', 1000), line('Extracting', 100), line('Downloading', 500, 'b')],
    {
      bytes: 1,
      within: 60_000,
    },
  );
  expect(seen.map(({ received }) => received)).toEqual([1000, 1000, 1500]);
});
