import { EngineError } from '../engine/engine-error.ts';
import { isByHand } from '../plan/blame-events.ts';
import type { RolloutTools } from './tools.ts';

/** The engine's clock and ours need not agree, in milliseconds. */
const EARLIER = 2000;

/**
 * Whether somebody ended a container that is down, as far as the engine remembers: it forgets all when it starts anew.
 * @param since milliseconds since 1970; it ran then
 */
export async function wasEndedByHand(
  { engine }: Pick<RolloutTools, 'engine'>,
  container: string,
  since: number,
): Promise<boolean> {
  try {
    return isByHand(await engine.eventsSince(since - EARLIER), container);
  } catch (error) {
    if (error instanceof EngineError) return false;
    throw error;
  }
}
