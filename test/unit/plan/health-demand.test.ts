import { expect, it } from 'vitest';
import { demandOfRestored, formatProbe } from '../../../src/plan/health-demand.ts';
import { DEMAND } from '../../support/rollout-samples.ts';

it.each([
  [{ at: 'port', port: 8080, path: '/health' } as const, 'GET /health on port 8080'],
  [{ at: 'port', port: 80, path: '/ok?key=hidden' } as const, 'GET /ok on port 80'],
  [{ at: 'url', url: 'http://127.0.0.1/x' } as const, 'GET http://127.0.0.1/x'],
  [{ at: 'url', url: 'https://app.test:8443/x?key=hidden#y' } as const, 'GET https://app.test:8443/x'],
])('%j is %s', (probe, words) => {
  expect(formatProbe(probe)).toBe(words);
});

it.each([
  ['a minute at least', 5_000, 60_000],
  ['longer where the new one gets longer', 300_000, 300_000],
])('one that is put back gets %s to become healthy', (_, timeout, expected) => {
  expect(demandOfRestored({ ...DEMAND, timeout })).toEqual({ ...DEMAND, timeout: expected });
});
