import { assessHealth, beginWatching, type HealthSighting } from '../plan/assess-health.ts';
import type { HealthDemand } from '../plan/health-demand.ts';
import type { Blame } from '../plan/rollout.ts';
import { askProbe } from './probe.ts';
import type { RolloutTools } from './tools.ts';

/** Proven, with the moment of the first good sign (on the clock that only grows); or not, and why. */
export type HealthResult =
  | { readonly kind: 'proven'; readonly firstWell: number }
  | { readonly kind: 'failed'; readonly reason: string; readonly blame: Blame };

/** How often it is looked: often until it is well, which ends the downtime; then once a second. */
const UNTIL_WELL = 200;
const WHILE_STABLE = 1000;

/** Watches a started container until it is proven healthy or cannot be any more. @throws EngineError */
export async function awaitHealth(
  tools: RolloutTools,
  container: string,
  demand: HealthDemand,
): Promise<HealthResult> {
  const { clock } = tools;
  let progress = beginWatching(clock.elapsed());
  for (;;) {
    const verdict = assessHealth(demand, progress, await look(tools, container, demand));
    if (verdict.kind === 'failed') return verdict;
    progress = verdict.progress;
    if (verdict.kind === 'proven')
      return { kind: 'proven', firstWell: progress.firstWell ?? clock.elapsed() };
    await clock.sleep(
      progress.wellSince === undefined ? UNTIL_WELL : Math.min(WHILE_STABLE, demand.stableFor),
    );
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
