import { describe, expect, it } from 'vitest';
import { healthDemand, type Policy, probeFor, stopGrace } from '../../../src/plan/policy.ts';
import { OLD_IMAGE } from '../../support/rollout-samples.ts';

const POLICY: Policy = {
  watch: 'stack',
  healthTimeout: 120_000,
  stableFor: 30_000,
  keepImages: 1,
  signature: { verify: 'off' },
  minAge: 0,
  downgrade: 'follow' as const,
  staleAfter: 0,
  stopGrace: undefined,
};

describe('how long a container gets to stop', () => {
  it.each([
    ['the engine’s default', undefined, undefined, 10],
    ['its own', undefined, 25, 25],
    ['its own zero', undefined, 0, 0],
    ['none of its own', undefined, null, 10],
    ['the settings before its own', 40, 25, 40],
    ['zero by the settings', 0, 25, 0],
    ['for ever, cut short', undefined, -1, 600],
    ['a day at most', undefined, 90_000, 86_400],
  ] as const)('%s', (_, set, own, expected) => {
    expect(stopGrace({ ...POLICY, stopGrace: set }, own)).toBe(expected);
  });
});

describe('the probe', () => {
  it.each([
    ['nothing known', {}, undefined, undefined],
    ['a port that answered', {}, 8080, { at: 'port', port: 8080, path: '/health' }],
    ['a port by label before it', { healthPort: 81 }, 8080, { at: 'port', port: 81, path: '/health' }],
    ['a path by label', { healthPath: '/ready' }, 8080, { at: 'port', port: 8080, path: '/ready' }],
    ['a path without a port', { healthPath: '/ready' }, undefined, undefined],
    [
      'an address before all',
      { healthUrl: 'http://127.0.0.1/x', healthPort: 81, healthPath: '/y' },
      8080,
      { at: 'url', url: 'http://127.0.0.1/x' },
    ],
  ] as const)('%s', (_, wishes, found, expected) => {
    expect(probeFor(wishes, found)).toEqual(expected);
  });
});

describe('the demand', () => {
  const of = { image: OLD_IMAGE, probe: undefined, ports: [], mustBeHealthy: true, vanishes: false };
  it('is the settings’, unless labels say otherwise', () => {
    expect(healthDemand(POLICY, {}, of)).toEqual({ ...of, timeout: 120_000, stableFor: 30_000 });
    expect(healthDemand(POLICY, { healthTimeout: 0, stableFor: 0 }, of)).toEqual({
      ...of,
      timeout: 0,
      stableFor: 0,
    });
  });
});
