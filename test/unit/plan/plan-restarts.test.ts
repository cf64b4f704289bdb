import { expect, it } from 'vitest';
import { planRestarts } from '../../../src/plan/plan-restarts.ts';
import { idOf, lines } from '../../support/rollout-samples.ts';

const dependent = (startedAt: number) => ({
  ...{ id: idOf('a'), name: 'web', startedAt, stopGrace: 20 },
  needs: { name: 'db', startedAt: 100 },
});

it('restarts what was up before what it needs', () => {
  expect(lines(planRestarts([dependent(99)]))).toEqual([
    'stop aaaaaaaaaaaa, 20 s grace — depends on db with restart: true',
    'start aaaaaaaaaaaa — depends on db with restart: true',
  ]);
});

it.each([100, 101, Number.NaN])('leaves alone what was started at or after it: %s', startedAt => {
  expect(planRestarts([dependent(startedAt)])).toEqual([]);
});
