import { afterEach, describe, expect, it } from 'vitest';
import { listenForSignals } from '../../../src/daemon/signals.ts';

const NAMES = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
const before = new Map(NAMES.map(name => [name, process.listeners(name)]));

/** The listeners that were added since this file was loaded. */
const added = (name: (typeof NAMES)[number]) =>
  process.listeners(name).filter(each => !before.get(name)?.includes(each));
/** As if the signal came, without a word to anybody else in this process. */
const send = (name: (typeof NAMES)[number]) => {
  for (const listener of added(name)) listener(name);
};

afterEach(() => {
  for (const name of NAMES) for (const each of added(name)) process.removeListener(name, each);
});

describe('signals', () => {
  it.each([
    ['SIGTERM', 'SIGTERM'],
    ['SIGINT', 'SIGINT'],
    ['SIGINT', 'SIGTERM'],
  ] as const)('%s asks to leave, and %s once more to leave now', (first, second) => {
    const { stop, force } = listenForSignals();
    expect([stop.aborted, force.aborted]).toEqual([false, false]);
    send(first);
    expect([stop.aborted, force.aborted]).toEqual([true, false]);
    send(second);
    expect([stop.aborted, force.aborted]).toEqual([true, true]);
  });

  it('SIGHUP asks to read the settings again, until that is heeded, and each time anew', () => {
    const signals = listenForSignals();
    expect(signals.reload().aborted).toBe(false);
    const first = signals.reload();
    send('SIGHUP');
    send('SIGHUP');
    expect([first.aborted, signals.reload().aborted, signals.stop.aborted]).toEqual([true, true, false]);
    signals.heedReload();
    expect(signals.reload().aborted).toBe(false);
    send('SIGHUP');
    expect(signals.reload().aborted).toBe(true);
  });
});
