import { formatDuration } from '../base/duration.ts';
import { withRetries } from '../base/retry.ts';
import { nameOf } from '../container/inspected.ts';
import { EngineError } from '../engine/engine-error.ts';
import {
  assessHealth,
  beginWatching,
  type HealthProgress,
  type HealthSighting,
} from '../plan/assess-health.ts';
import { endedBy } from '../plan/blame-events.ts';
import type { HealthDemand } from '../plan/health-demand.ts';
import type { Blame } from '../plan/rollout.ts';
import { LEFT } from './left.ts';
import { askProbe } from './probe.ts';
import type { RolloutTools } from './tools.ts';

/** Proven, with the moment of the first good sign (on the clock that only grows); or not, and why. */
export type HealthResult =
  | { readonly kind: 'proven'; readonly firstWell: number }
  | { readonly kind: 'failed'; readonly reason: string; readonly blame: Blame };

type Failed = Extract<HealthResult, { kind: 'failed' }>;

/** How often it is looked: often until it is well, which ends the downtime; then once a second. */
const UNTIL_WELL = 200;
const WHILE_STABLE = 1000;

/** The start itself has to be among the events. */
const EARLIER = 1000;

/** An engine that fails to answer is asked again after these milliseconds. */
const ASK_AGAIN = [300, 1000, 3000];

/**
 * Watches a started container until it is proven healthy or cannot be any more.
 * @param leaveOn ends it at once; left out where it must be seen through
 * @throws EngineError
 */
export async function awaitHealth(
  tools: RolloutTools,
  container: string,
  demand: HealthDemand,
  leaveOn?: AbortSignal,
): Promise<HealthResult> {
  const { clock, watcher, secrets } = tools;
  let progress = beginWatching(clock.elapsed());
  for (;;) {
    const sighting = await withRetries(clock, ASK_AGAIN, () => look(tools, container, demand));
    const verdict = assessHealth(demand, progress, sighting);
    const isWaitedFor = verdict.kind === 'waiting';
    const name = sighting.container === undefined ? container : nameOf(sighting.container);
    watcher.health(name, isWaitedFor ? secrets.redact(waitWords(demand, verdict.progress)) : undefined);
    if (verdict.kind === 'failed') return acquit(tools, verdict, container, sighting, progress);
    progress = verdict.progress;
    if (verdict.kind === 'proven')
      return { kind: 'proven', firstWell: progress.firstWell ?? clock.elapsed() };
    const pause = progress.wellSince === undefined ? UNTIL_WELL : Math.min(WHILE_STABLE, demand.stableFor);
    // Told to leave, it wakes at once.
    await clock.sleep(pause, leaveOn).catch(() => undefined);
    if (leaveOn?.aborted) return { kind: 'failed', ...LEFT };
  }
}

/** What is missing yet: the trouble that it has, or time. */
function waitWords({ stableFor }: HealthDemand, { wellSince, lastTrouble }: HealthProgress): string {
  return wellSince === undefined ? lastTrouble : `well, and has to stay so for ${formatDuration(stableFor)}`;
}

/** Why a container that was just started cannot be well any more; undefined if it still may be. @throws EngineError */
export async function findBroken(
  tools: RolloutTools,
  container: string,
  demand: HealthDemand,
): Promise<Failed | undefined> {
  const sighting = {
    at: tools.clock.elapsed(),
    container: await tools.engine.inspectContainer(container),
    answer: undefined,
  };
  const begun = beginWatching(sighting.at);
  const verdict = assessHealth(demand, begun, sighting);
  return verdict.kind === 'failed' ? acquit(tools, verdict, container, sighting, begun) : undefined;
}

/** What the engine or somebody else did to a container is not held against its image. */
async function acquit(
  { engine }: RolloutTools,
  failed: Failed,
  id: string,
  { container }: HealthSighting,
  { first }: HealthProgress,
): Promise<Failed> {
  if (failed.blame !== 'image') return failed;
  // Of one that was never seen running, all that the engine remembers is looked at.
  const started = Date.parse(first?.startedAt ?? container?.State.StartedAt ?? '') || EARLIER;
  try {
    const reason = endedBy(await engine.eventsSince(started - EARLIER), container?.Id ?? id);
    return reason === undefined ? failed : { ...failed, reason, blame: 'environment' };
  } catch (error) {
    if (error instanceof EngineError) return failed;
    throw error;
  }
}

async function look(
  { engine, http, clock, identity }: RolloutTools,
  name: string,
  demand: HealthDemand,
): Promise<HealthSighting> {
  const container = await engine.inspectContainer(name);
  const asks = demand.probe !== undefined && demand.mustBeHealthy && container?.State.Running === true;
  const answer = asks ? await askProbe(http, demand.probe, container, identity.address) : undefined;
  return { at: clock.elapsed(), container, answer };
}
