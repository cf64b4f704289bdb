import { expect, it } from 'vitest';
import { containerSummaryShape, inspectedImageShape } from '../../../src/container/inspected.ts';
import type { PastRollout } from '../../../src/journal/history.ts';
import { NO_PINS } from '../../../src/journal/pins.ts';
import { rollBack } from '../../../src/run/roll-back.ts';
import type { RunTools } from '../../../src/run/run-tools.ts';
import { handClock } from '../../support/hand-clock.ts';
import { digestOf, OLD } from '../../support/rollout-samples.ts';

const BEFORE = digestOf('1');
const LEFT = digestOf('9');
const PAST: PastRollout = {
  v: 1,
  rollout: 'r0',
  container: 'db',
  reference: 'registry.test/postgres:15',
  outcome: 'updated',
  fromImage: BEFORE,
  fromDigest: digestOf('c'),
  toDigest: LEFT,
  startedAt: 0,
  endedAt: 1,
};

/** Goes back with `db`, made from `reference` and running an image with that digest; as far as the old image. */
async function goBack(reference: string, repoDigest: string): Promise<string> {
  const Id = digestOf('2');
  const summary = { Id: OLD, Names: ['/db'], Image: reference, ImageID: Id, State: 'running' };
  const image = inspectedImageShape.parse({ Id, RepoDigests: [repoDigest] });
  const inspectImage = async (name: string) => (name === Id ? image : undefined);
  const tools = {
    engine: {
      listContainers: async () => [containerSummaryShape.parse(summary)],
      lookAtMany: (look: (inspector: unknown) => unknown) => look({ inspectImage }),
      inspectImage,
    },
    journal: { open: async () => ({ entries: [], unreadable: [] }) },
    history: { read: async () => [PAST] },
    pins: { read: async () => ({ ok: true, value: NO_PINS }) },
    knownDigests: { recall: async () => ({ value: [], problem: undefined }) },
    clock: handClock(),
    own: { container: undefined, enginePort: undefined },
    policy: { watch: 'all' },
    concurrency: 1,
    home: '/home',
  } as unknown as RunTools;
  return rollBack(tools, 'db').then(
    () => 'gone back',
    error => `${error.code}: ${error.message}`,
  );
}

it('does not go back to another repository than the one that the container is made from now', async () => {
  expect(await goBack('registry.test/mysql:8', `registry.test/mysql@${LEFT}`)).toBe(
    'nothing-before: db is made from registry.test/mysql:8, but its last update was one of registry.test/postgres:15: there is nothing to go back to.',
  );
});

it('does not go back from an image that somebody gave it since', async () => {
  expect(await goBack('registry.test/postgres:16', `registry.test/postgres@${digestOf('e')}`)).toBe(
    'nothing-before: db does not run what its last update gave it, 999999999999: somebody gave it another image since, so there is nothing to go back from.',
  );
});

it('goes back from what its last update left, under whatever tag that is now', async () => {
  expect(await goBack('registry.test/postgres:16', `registry.test/postgres@${LEFT}`)).toMatch(
    /^nothing-before: The image that db ran before, c{12}, is not on this host any more\./,
  );
});
