import { expect, it } from 'vitest';
import type { Spec } from '../../../src/container/carry-over.ts';
import { createBody, isJoinedAtCreation } from '../../../src/container/create-body.ts';
import { printRolloutLabel, type RolloutLabel } from '../../../src/container/rollout-label.ts';

const LABEL: RolloutLabel = {
  v: 1,
  role: 'successor',
  ...{ id: 'r1', home: 'h', name: 'web', predecessor: 'p', from: 'sha256:old', reference: 'web:1' },
  ...{ restart: { name: 'always', retries: 0 }, running: true, vanishes: false, place: 0 },
};
const SUCCESSOR = {
  reference: 'web:1',
  imageId: 'sha256:new',
  label: LABEL,
  userSet: new Set<string>(),
  imageBringsList: false,
};
const OURS = { 'refreshd.rollout': printRolloutLabel(LABEL) };

function bodyOf(spec: Partial<Spec> = {}, userSet: readonly string[] = []): Record<string, unknown> {
  const whole = { config: {}, host: {}, primary: undefined, others: [], ...spec };
  return createBody(whole, { ...SUCCESSOR, userSet: new Set(userSet) });
}

it('takes over the spec, on the new image, without a restart policy until commit', () => {
  const spec = {
    config: { User: 'me', Labels: { a: '1' } },
    host: { Memory: 64, RestartPolicy: { Name: 'always' } },
  };
  expect(bodyOf(spec)).toEqual({
    User: 'me',
    Image: 'web:1',
    Labels: { a: '1', ...OURS },
    HostConfig: { Memory: 64, RestartPolicy: { Name: 'no', MaximumRetryCount: 0 } },
  });
});

it('writes down what coincides', () => {
  expect(bodyOf({}, ['User', 'Labels:a'])['Labels']).toEqual({
    ...OURS,
    'refreshd.user-set': '["Labels:a","User"]',
  });
});

it('tells compose which image it is made from, if it is compose’s', () => {
  const label = 'com.docker.compose.image';
  expect(bodyOf({ config: { Labels: { [label]: 'sha256:old' } } })['Labels']).toEqual({
    ...OURS,
    [label]: 'sha256:new',
  });
  expect(bodyOf({ config: { Labels: { 'com.docker.compose.project': 'p' } } })['Labels']).not.toHaveProperty([
    label,
  ]);
});

it('joins the first network with its wishes', () => {
  const primary = { network: 'front', endpoint: { Aliases: ['api'] } };
  const others = [{ network: 'back', endpoint: { Aliases: ['x'] } }];
  expect(bodyOf({ primary, others })['NetworkingConfig']).toEqual({
    EndpointsConfig: { front: primary.endpoint },
  });
  expect(bodyOf({ primary: { network: 'bridge', endpoint: {} } })).not.toHaveProperty('NetworkingConfig');
});

it('joins every network at once where a MAC address is asked for', () => {
  const primary = { network: 'bridge', endpoint: {} };
  const others = [
    { network: 'back', endpoint: { Aliases: ['x'] } },
    { network: 'side', endpoint: { MacAddress: '02:00:00:00:00:01' } },
  ];
  expect(bodyOf({ primary, others })['NetworkingConfig']).toEqual({
    EndpointsConfig: { bridge: {}, side: { MacAddress: '02:00:00:00:00:01' } },
  });
  expect(others.map(isJoinedAtCreation)).toEqual([false, true]);
});

it('writes down that nothing coincides where the image brings a list of its own', () => {
  const whole = { config: {}, host: {}, primary: undefined, others: [] };
  const { Labels } = createBody(whole, { ...SUCCESSOR, imageBringsList: true });
  expect(Labels).toEqual({ ...OURS, 'refreshd.user-set': '[]' });
});
