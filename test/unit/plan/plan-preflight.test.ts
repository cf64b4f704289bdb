import { expect, it } from 'vitest';
import type { Spec } from '../../../src/container/carry-over.ts';
import { inspectedImageShape } from '../../../src/container/inspected.ts';
import { parseRolloutLabel, ROLLOUT_LABEL } from '../../../src/container/rollout-label.ts';
import { planDismissal, planPreflight } from '../../../src/plan/plan-preflight.ts';
import type { Takeover } from '../../../src/plan/takeover.ts';
import {
  DEMAND,
  INSPECTED,
  lines,
  member,
  NEW_IMAGE,
  OLD_IMAGE,
  rollout,
} from '../../support/rollout-samples.ts';

const spec: Spec = {
  config: { User: 'me' },
  host: {},
  primary: undefined,
  others: [{ network: 'back', endpoint: {} }],
};
const takeover: Takeover = {
  member: member(),
  seen: INSPECTED,
  oldImage: inspectedImageShape.parse({ Id: OLD_IMAGE, Config: {} }),
  reference: undefined,
  platform: 'linux/arm64',
  follows: undefined,
  spec: { ...spec, config: { User: 'nobody asks for this one' } },
  traits: { hostname: 'host', logDriver: 'json-file', apiVersion: '1.44' },
  demand: DEMAND,
  strategy: { kind: 'preflight', spec, demand: DEMAND },
  notice: undefined,
};
const trial = { image: inspectedImageShape.parse({ Id: NEW_IMAGE, Config: {} }), cause: 'tried' };

it('makes a copy, has it prove itself, and takes it away again', () => {
  expect(lines(planPreflight(rollout(takeover.member), takeover, trial))).toEqual([
    'create web.refreshd-r1.preflight — tried',
    'connect web.refreshd-r1.preflight to network back — the container is on it today',
    'compare web.refreshd-r1.preflight with web — the engine drops what it does not know without a word',
    'start web.refreshd-r1.preflight — beside the old one, which goes on serving',
    'verify web.refreshd-r1.preflight — no /health is known: running without a restart, and its HEALTHCHECK if it has one; then stable for 30 s',
    'stop web.refreshd-r1.preflight, 10 s grace — it was made for the preflight alone',
    'remove web.refreshd-r1.preflight and the volumes made for it — it was made for the preflight alone',
  ]);
});

it('is of the image that is tried, by its id, and says what it is for', () => {
  const [create, , , , verify] = planPreflight(rollout(takeover.member), takeover, trial);
  expect(create).toMatchObject({ platform: 'linux/arm64', body: { Image: NEW_IMAGE, User: 'me' } });
  const { body } = create as { body: Record<string, Record<string, string>> };
  expect(body['HostConfig']).toMatchObject({ RestartPolicy: { Name: 'no' } });
  expect(Object.keys(body['Labels'] ?? {})).toEqual([ROLLOUT_LABEL]);
  expect(parseRolloutLabel(body['Labels']?.[ROLLOUT_LABEL])).toMatchObject({ role: 'preflight', id: 'r1' });
  expect(verify).toMatchObject({ demand: { ...DEMAND, image: NEW_IMAGE } });
});

it('is none where there is to be none', () => {
  expect(
    planPreflight(rollout(takeover.member), { ...takeover, strategy: { kind: 'replace' } }, trial),
  ).toEqual([]);
});

it('does not stop what is stopped', () => {
  expect(planDismissal(member(), { id: 'x', running: false }).map(({ kind }) => kind)).toEqual(['remove']);
});
