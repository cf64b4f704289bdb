import { nameOf } from '../container/inspected.ts';
import { takenFrom } from '../container/taken-from.ts';
import type { Engine } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';

/**
 * Names the container that has the port or the address which another could not get; undefined if it is no
 * container. The engine itself does not say.
 */
export async function nameTaker(engine: Engine, id: string): Promise<string | undefined> {
  try {
    const wanting = await engine.inspectContainer(id);
    if (wanting === undefined) return undefined;
    for (const { Id } of (await engine.listContainers()).filter(({ State }) => State === 'running')) {
      const holder = Id === id ? undefined : await engine.inspectContainer(Id);
      const taken = holder === undefined ? undefined : takenFrom(wanting, holder);
      if (holder !== undefined && taken !== undefined) return `${nameOf(holder)} has ${taken}`;
    }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
  }
  return undefined;
}
