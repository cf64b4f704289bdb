import { expect, it } from 'vitest';
import type { Clock } from '../../../src/base/clock.ts';
import { Failure } from '../../../src/base/failure.ts';
import { withRetries } from '../../../src/base/retry.ts';

class Hiccup extends Failure<'hiccup'> {}

const passing = () => new Hiccup('hiccup', 'again, please', { retryable: true });
const lasting = () => new Hiccup('hiccup', 'never again');

/** A clock that does not wait but remembers for how long it was asked to. */
function impatientClock() {
  const slept: number[] = [];
  const clock: Clock = { now: () => 0, elapsed: () => 0, sleep: async ms => void slept.push(ms) };
  return { clock, slept };
}

/** Throws each of these, then succeeds. */
function failing(errors: readonly unknown[]) {
  let attempts = 0;
  const attempt = async () => {
    const error = errors[attempts++];
    if (error !== undefined) throw error;
    return `attempt ${attempts}`;
  };
  return attempt;
}

it.each([
  ['at once', [], 'attempt 1', 0],
  ['after one hiccup', [passing()], 'attempt 2', 1],
  ['at the last attempt', [passing(), passing()], 'attempt 3', 2],
])('succeeds %s', async (_, errors, expected, waits) => {
  const { clock, slept } = impatientClock();
  await expect(withRetries(clock, [10, 20], failing(errors))).resolves.toBe(expected);
  expect(slept).toHaveLength(waits);
});

it('throws the last failure when the waits are used up', async () => {
  const last = passing();
  const { clock, slept } = impatientClock();
  await expect(withRetries(clock, [1, 2], failing([passing(), passing(), last]))).rejects.toBe(last);
  expect(slept).toHaveLength(2);
});

it.each([
  ['a failure that lasts', lasting()],
  ['an error that is none of ours', new TypeError('a bug')],
])('does not try again after %s', async (_, error) => {
  const { clock, slept } = impatientClock();
  await expect(withRetries(clock, [1, 2], failing([error]))).rejects.toBe(error);
  expect(slept).toEqual([]);
});

it('waits in turn, each wait varied by at most half', async () => {
  const { clock, slept } = impatientClock();
  for (let i = 0; i < 200; i++) await withRetries(clock, [100, 4000], failing([passing(), passing()]));
  const first = slept.filter((_, i) => i % 2 === 0);
  const second = slept.filter((_, i) => i % 2 === 1);
  expect(Math.min(...first)).toBeGreaterThanOrEqual(50);
  expect(Math.max(...first)).toBeLessThanOrEqual(150);
  expect(Math.min(...second)).toBeGreaterThanOrEqual(2000);
  expect(Math.max(...second)).toBeLessThanOrEqual(6000);
  expect(new Set(slept).size).toBeGreaterThan(100);
});
