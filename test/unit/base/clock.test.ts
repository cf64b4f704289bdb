import { expect, it } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';

it('tells the time since 1970', () => {
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000);
});

it('sleeps as long as asked, by the clock that only grows', async () => {
  const start = systemClock.elapsed();
  await systemClock.sleep(30);
  expect(systemClock.elapsed() - start).toBeGreaterThanOrEqual(29);
});

it('wakes early when its signal fires', async () => {
  const start = systemClock.elapsed();
  await expect(systemClock.sleep(60_000, AbortSignal.timeout(10))).rejects.toThrow();
  await expect(systemClock.sleep(60_000, AbortSignal.abort())).rejects.toThrow();
  expect(systemClock.elapsed() - start).toBeLessThan(1000);
});

it('rejects with the reason of the signal', async () => {
  const reason = new Error('SIGTERM');
  const thrown = await systemClock.sleep(60_000, AbortSignal.abort(reason)).catch(error => error);
  expect(thrown).toBe(reason);
});

it('sleeps for longer than one timer of Node can last', async () => {
  const waking = new AbortController();
  const month = systemClock.sleep(30 * 24 * 3_600_000, waking.signal).then(() => 'awake');
  const state = await Promise.race([month, systemClock.sleep(30).then(() => 'asleep')]);
  waking.abort();
  await month.catch(() => undefined);
  expect(state).toBe('asleep');
});
