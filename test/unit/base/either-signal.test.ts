import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { eitherSignal } from '../../../src/base/either-signal.ts';

function three() {
  const controllers = [new AbortController(), new AbortController(), new AbortController()] as const;
  const signals = controllers.map(({ signal }) => signal);
  const listeners = () => signals.flatMap(each => getEventListeners(each, 'abort')).length;
  return { controllers, signals, listeners };
}

it.each([0, 1, 2] as const)('fires with number %i of three', index => {
  const { controllers, signals } = three();
  const { signal } = eitherSignal(...signals);
  expect(signal.aborted).toBe(false);
  controllers[index].abort();
  expect(signal.aborted).toBe(true);
});

it('has fired from the beginning where one of them has', () => {
  const { controllers, signals } = three();
  controllers[1].abort();
  expect(eitherSignal(...signals).signal.aborted).toBe(true);
});

it('lets go of them, and does not fire any more', () => {
  const { controllers, signals, listeners } = three();
  const { signal, release } = eitherSignal(...signals);
  expect(listeners()).toBe(3);
  release();
  expect(listeners()).toBe(0);
  controllers[0].abort();
  expect(signal.aborted).toBe(false);
});
