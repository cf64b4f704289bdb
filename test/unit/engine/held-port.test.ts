import { expect, it } from 'vitest';
import { EngineError } from '../../../src/engine/engine-error.ts';
import { startOnFreePort } from '../../../src/engine/held-port.ts';

const HELD = new EngineError('failed', 'rootlessport cannot listen on the TCP port: address already in use');

/** A start that fails as often as there are errors. */
function failing(...errors: readonly Error[]) {
  const left = [...errors];
  let starts = 0;
  const start = async () => {
    starts += 1;
    const error = left.shift();
    if (error !== undefined) throw error;
  };
  return { start, starts: () => starts };
}

it('starts until the port is free', async () => {
  const { start, starts } = failing(HELD, HELD);
  await startOnFreePort(start, [1, 1, 1]);
  expect(starts()).toBe(3);
});

it('gives up after as many waits as there are', async () => {
  const { start, starts } = failing(HELD, HELD, HELD);
  await expect(startOnFreePort(start, [1, 1])).rejects.toBe(HELD);
  expect(starts()).toBe(3);
});

it('does not wait for anything else', async () => {
  const other = new EngineError('failed', 'port is already allocated');
  const { start, starts } = failing(other);
  await expect(startOnFreePort(start, [1])).rejects.toBe(other);
  expect(starts()).toBe(1);
});
