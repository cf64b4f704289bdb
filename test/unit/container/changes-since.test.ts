import { expect, it } from 'vitest';
import { changesSince } from '../../../src/container/changes-since.ts';
import type { InspectedContainer } from '../../../src/container/inspected.ts';
import { INSPECTED } from '../../support/rollout-samples.ts';

const { State, HostConfig, NetworkSettings } = INSPECTED;
const networks = (
  Networks: InspectedContainer['NetworkSettings']['Networks'],
): Partial<InspectedContainer> => ({
  NetworkSettings: { ...NetworkSettings, Networks },
});

it.each<readonly [string, Partial<InspectedContainer>, readonly string[]]>([
  ['nothing', {}, []],
  ['another name', { Name: '/other' }, ['Name']],
  ['a stop', { State: { ...State, Running: false } }, ['State.Running']],
  ['a restart', { State: { ...State, StartedAt: '2026-01-01T00:00:00Z' }, RestartCount: 3 }, []],
  ['more memory', { HostConfig: { ...HostConfig, Memory: 5 } }, ['HostConfig.Memory']],
  ['another network', networks({ back: {} }), ['Networks']],
])('sees %s', (_, change, expected) => {
  expect(changesSince(INSPECTED, { ...INSPECTED, ...change })).toEqual(expected);
});

it('does not take an address that the engine gave for a change', () => {
  const before = { ...INSPECTED, ...networks({ front: { IPAddress: '172.18.0.2' } }) };
  expect(changesSince(before, { ...INSPECTED, ...networks({ front: { IPAddress: '172.18.0.9' } }) })).toEqual(
    [],
  );
});
