import { EngineError } from '../engine/engine-error.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { ObservedRollout } from '../plan/observed.ts';
import type { RolloutTools } from './tools.ts';

/**
 * Where a container of a rollout is missing, somebody may have removed it; or the socket leads to another engine by
 * now, of which nothing must be concluded. An engine that has the containers is the one, whatever it calls itself.
 * @throws EngineError `other-engine`
 */
export async function assureSameEngine(
  { engine }: Pick<RolloutTools, 'engine'>,
  { engine: begunOn, rollout }: JournalEntry,
  observed: ObservedRollout,
): Promise<void> {
  const isWhole = [...observed.values()].every(
    ({ predecessor, successor, standIn }) => (predecessor ?? successor ?? standIn) !== undefined,
  );
  if (isWhole || begunOn === undefined) return;
  const { id } = await engine.identify();
  if (id === begunOn) return;
  throw new EngineError('other-engine', 'The Docker engine that answers is not the one that this began on.', {
    hint: `Point DOCKER_HOST at that one again. If it is gone for good, remove state/rollouts/${rollout.id}.json.`,
  });
}
