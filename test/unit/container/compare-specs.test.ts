import { expect, it } from 'vitest';
import type { Spec } from '../../../src/container/carry-over.ts';
import { compareSpecs } from '../../../src/container/compare-specs.ts';

const SPEC: Spec = {
  config: {
    User: 'me',
    Env: ['TOKEN=s3cret'],
    Labels: { a: '1' },
    Healthcheck: { Test: ['CMD', 'x'], Interval: 5 },
  },
  host: { Memory: 64, PortBindings: { '80/tcp': [{ HostPort: '8080' }] } },
  primary: { network: 'front', endpoint: { Aliases: ['api'] } },
  others: [{ network: 'back', endpoint: {} }],
};
const front = { network: 'front', endpoint: { Aliases: ['api'] } };
const back = { network: 'back', endpoint: {} };

it.each<[string, Partial<Spec>, string[]]>([
  ['nothing', {}, []],
  ['a runtime that the engine chose', { host: { ...SPEC.host, Runtime: 'runc' } }, []],
  ['a field', { host: { ...SPEC.host, Memory: 65 } }, ['HostConfig.Memory']],
  ['a field that is gone', { host: { Memory: 64 } }, ['HostConfig.PortBindings']],
  ['a field that is new', { config: { ...SPEC.config, Tty: true } }, ['Config.Tty']],
  ['a list as a whole', { config: { ...SPEC.config, Env: ['TOKEN=other'] } }, ['Config.Env']],
  [
    'a place deep inside',
    { config: { ...SPEC.config, Healthcheck: { Test: ['CMD', 'x'], Interval: 6 } } },
    ['Config.Healthcheck.Interval'],
  ],
  ['a port', { host: { Memory: 64, PortBindings: { '80/tcp': [] } } }, ['HostConfig.PortBindings.80/tcp']],
  ['a label', { config: { ...SPEC.config, Labels: {} } }, ['Config.Labels.a']],
  [
    'all labels',
    { config: { User: 'me', Env: ['TOKEN=s3cret'] } },
    ['Config.Healthcheck', 'Config.Labels.a'],
  ],
  ['a network', { others: [] }, ['Networks.back']],
  ['the first network', { primary: undefined, others: [back] }, ['Networks.front']],
  [
    'a wish about a network',
    { primary: { ...front, endpoint: { Aliases: ['other'] } } },
    ['Networks.front.Aliases'],
  ],
  [
    'several',
    { host: {}, others: [front] },
    ['HostConfig.Memory', 'HostConfig.PortBindings', 'Networks.back'],
  ],
])('names where %s differs, never a value', (_, change, expected) => {
  const found = compareSpecs(SPEC, { ...SPEC, ...change });
  expect([...found].sort()).toEqual([...expected].sort());
  expect(found.join()).not.toMatch(/s3cret|8080/);
});

it('does not mind the order of networks, nor the label that names the image', () => {
  const label = 'com.docker.compose.image';
  const intended = { ...SPEC, config: { ...SPEC.config, Labels: { a: '1', [label]: 'sha256:old' } } };
  const found = { ...SPEC, config: { ...SPEC.config, Labels: { [label]: 'sha256:new', a: '1' } } };
  expect(compareSpecs(intended, { ...found, primary: back, others: [front] })).toEqual([]);
  expect(compareSpecs({ ...SPEC, config: {} }, { ...SPEC, config: { Labels: { [label]: 'x' } } })).toEqual(
    [],
  );
});

it('finds a runtime that somebody chose and another has', () => {
  const chosen: Spec = { ...SPEC, host: { ...SPEC.host, Runtime: 'runsc' } };
  expect(compareSpecs(chosen, { ...SPEC, host: { ...SPEC.host, Runtime: 'runc' } })).toEqual([
    'HostConfig.Runtime',
  ]);
  expect(compareSpecs(chosen, SPEC)).toEqual(['HostConfig.Runtime']);
});
