import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { within } from '../../../src/base/deadline.ts';

const late = () => new Error('late');
const never = () => new Promise<never>(() => undefined);

it('gives what the work gives', async () => {
  await expect(within(1000, async () => 'done', late)).resolves.toBe('done');
});

it('throws what the work throws, at once or later', async () => {
  const broken = new Error('broken');
  await expect(within(1000, () => Promise.reject(broken), late)).rejects.toBe(broken);
  const throwing = () => {
    throw broken;
  };
  await expect(within(1000, throwing, late)).rejects.toBe(broken);
});

it('ends work that never settles', async () => {
  await expect(within(10, never, late)).rejects.toThrow('late');
});

it('lets the work know, so that it can let go', async () => {
  let given: AbortSignal | undefined;
  const work = (signal: AbortSignal) => {
    given = signal;
    return never();
  };
  await expect(within(10, work, late)).rejects.toThrow('late');
  expect(given?.aborted).toBe(true);
});

it('says late even where the work fails because it was told', async () => {
  const work = (signal: AbortSignal) => delay(60_000, undefined, { signal });
  await expect(within(10, work, late)).rejects.toThrow('late');
});

it('leaves the signal alone once the work is done', async () => {
  let given: AbortSignal | undefined;
  await within(
    20,
    async signal => {
      given = signal;
    },
    late,
  );
  await delay(40);
  expect(given?.aborted).toBe(false);
});

it('does not end at once what has longer than a timer can wait', async () => {
  await expect(within(2 ** 31, () => delay(20, 'done'), late)).resolves.toBe('done');
});
