import { expect, it } from 'vitest';
import { formatProbe } from '../../../src/plan/health-demand.ts';

it.each([
  [{ at: 'port', port: 8080, path: '/health' } as const, 'GET /health on port 8080'],
  [{ at: 'url', url: 'http://127.0.0.1/x' } as const, 'GET http://127.0.0.1/x'],
])('%j is %s', (probe, words) => {
  expect(formatProbe(probe)).toBe(words);
});
