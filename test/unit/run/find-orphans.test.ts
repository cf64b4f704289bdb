import { expect, it } from 'vitest';
import { containerSummaryShape, inspectedImageShape } from '../../../src/container/inspected.ts';
import { printRolloutLabel, ROLLOUT_LABEL, type RolloutLabel } from '../../../src/container/rollout-label.ts';
import { findOrphans } from '../../../src/run/find-orphans.ts';
import type { RunTools } from '../../../src/run/run-tools.ts';
import { INSPECTED, idOf, OLD_IMAGE } from '../../support/rollout-samples.ts';

const label = (id: string, predecessor: string, over: Partial<RolloutLabel> = {}): RolloutLabel => ({
  v: 1,
  role: 'successor',
  id,
  home: 'home',
  name: 'web',
  predecessor,
  from: OLD_IMAGE,
  reference: 'registry.test/web:1',
  place: 0,
  restart: { name: 'always', retries: 0 },
  running: true,
  vanishes: false,
  ...over,
});

/** The rollouts that are found again, by their ids, and the strangers. */
async function found(containers: Readonly<Record<string, readonly [string, RolloutLabel?]>>) {
  const engine = {
    listContainers: async () =>
      Object.entries(containers).map(([name, [id, made]]) =>
        containerSummaryShape.parse({
          ...{ Id: id, Names: [`/${name}`], Image: 'web', ImageID: 'image', State: 'running' },
          Labels: made === undefined ? {} : { [ROLLOUT_LABEL]: printRolloutLabel(made) },
        }),
      ),
    inspectContainer: async () => INSPECTED,
    inspectImage: async () => inspectedImageShape.parse({ Id: OLD_IMAGE }),
  };
  const tools = { engine, homeId: 'home', history: { read: async () => [] }, clock: { now: () => 0 } };
  const { entries, strangers } = await findOrphans(tools as unknown as RunTools, new Set());
  return { rollouts: entries.map(({ rollout }) => rollout.id), strangers };
}

const [A, B, C] = [idOf('a'), idOf('b'), idOf('c')];

it('a rollout is found again by its successor, as long as it is not over', async () => {
  expect(await found({ web: [B, label('r1', A)] })).toEqual({ rollouts: [], strangers: [] });
  expect(await found({ 'web.refreshd-r1.old': [A], web: [B, label('r1', A)] })).toEqual({
    rollouts: ['r1'],
    strangers: [],
  });
  expect(await found({ web: [A], 'web.refreshd-r1.new': [B, label('r1', A)] })).toMatchObject({
    rollouts: ['r1'],
  });
});

it('an earlier rollout is over, although its container is aside for a later one', async () => {
  const updatedBefore: [string, RolloutLabel] = [B, label('r1', A)];
  expect(await found({ 'web.refreshd-r2.old': updatedBefore, web: [C, label('r2', B)] })).toEqual({
    rollouts: ['r2'],
    strangers: [],
  });
  expect(await found({ 'web.refreshd-r2.old': updatedBefore, web: [C] })).toEqual({
    rollouts: [],
    strangers: ['web.refreshd-r2.old'],
  });
});

it('a copy that a person put in place is no way back any more', async () => {
  const copy = label('r1', A, { role: 'stand-in', vanishes: true });
  expect(await found({ web: [B, copy] })).toEqual({ rollouts: [], strangers: [] });
  expect(await found({ 'web.refreshd-r1.old': [B, copy] })).toMatchObject({ rollouts: ['r1'] });
});
