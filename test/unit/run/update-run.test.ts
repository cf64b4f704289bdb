import { expect, it } from 'vitest';
import { NO_PINS } from '../../../src/journal/pins.ts';
import { toStateError } from '../../../src/journal/state-error.ts';
import type { RunTools } from '../../../src/run/run-tools.ts';
import { updateRun } from '../../../src/run/update-run.ts';
import { handClock } from '../../support/hand-clock.ts';

/** A host without containers, whose disk is full and whose memory is garbled. */
function tools() {
  const logged: string[] = [];
  const log = {
    debug: () => undefined,
    info: (text: string) => void logged.push(`info ${text}`),
    warn: (text: string) => void logged.push(`warn ${text}`),
    error: (text: string) => void logged.push(`error ${text}`),
  };
  const full = async () => {
    throw toStateError('write', 'state/x.json', Object.assign(new Error(), { code: 'ENOSPC' }));
  };
  const known = {
    registry: { challenges: () => new Map(), requests: () => 0 },
    identity: {},
    concurrency: 1,
  };
  return {
    logged,
    tools: {
      ...known,
      log,
      clock: handClock(),
      interrupted: new AbortController().signal,
      engine: { listContainers: async () => [], lookAtMany: async () => new Map() },
      journal: { open: async () => ({ entries: [], unreadable: [] }) },
      pins: { path: 'pins.json', read: async () => ({ ok: true, value: NO_PINS }) },
      knownDigests: { recall: async () => ({ value: [], problem: 'known.json is not understood' }) },
      policy: { staleAfter: 0 },
      rejections: { recall: async () => ({ value: {}, problem: 'rejected.json is not understood' }) },
      knownRegistries: { remember: full },
      lastRun: { remember: full },
    } as unknown as RunTools,
  };
}

it('ends well with a full disk and a garbled memory, and says so', async () => {
  const { tools: given, logged } = tools();
  const report = await updateRun(given, { names: [], dryRun: false });
  expect(report).toMatchObject({ containers: [], interrupted: false });
  const full = 'error state/x.json cannot be written (ENOSPC). The disk is full: free some room.';
  expect(logged).toEqual([
    'warn known.json is not understood.',
    'warn rejected.json is not understood.',
    full,
    'info No container is watched (0 registry requests, 0.0 s).',
    full,
  ]);
});
