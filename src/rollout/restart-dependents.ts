import { composeDependencies } from '../container/dependencies.ts';
import { listedName } from '../container/inspected.ts';
import { whyOwnInspected } from '../container/own-place.ts';
import { foreignOwner } from '../container/ownership.ts';
import { secretValues } from '../container/secret-values.ts';
import { type Dependent, planRestarts } from '../plan/plan-restarts.ts';
import { stopGrace } from '../plan/policy.ts';
import type { Rollout } from '../plan/rollout.ts';
import { notNow } from '../plan/selection.ts';
import { execute } from './execute.ts';
import type { RolloutTools } from './tools.ts';

/**
 * Restarts what depends on the containers of a rollout with compose's `restart: true`. Who needs it is read off the
 * engine, so after a crash nothing is forgotten and nothing done twice. @throws EngineError
 */
export async function restartDependents(tools: RolloutTools, rollout: Rollout): Promise<void> {
  const { failure } = await execute(tools, planRestarts(await findDependents(tools, rollout)));
  if (failure !== undefined)
    tools.log.error(`It was not restarted after what it depends on: ${failure.reason}.`, {
      container: failure.container ?? '',
    });
}

async function findDependents(
  { engine, policy, secrets, log, own }: RolloutTools,
  { members }: Rollout,
): Promise<readonly Dependent[]> {
  const replaced = new Set(members.map(({ name }) => name));
  const listed = (await engine.listContainers()).map(summary => ({
    id: summary.Id,
    name: listedName(summary),
    labels: summary.Labels,
  }));
  const dependents: Dependent[] = [];
  for (const one of listed.filter(({ name }) => !replaced.has(name))) {
    const need = composeDependencies(one, listed).find(({ on, restart }) => restart && replaced.has(on));
    if (need === undefined) continue;
    const [container, needed] = [
      await engine.inspectContainer(one.id),
      await engine.inspectContainer(need.on),
    ];
    if (!container?.State.Running || !needed?.State.Running) continue;
    const obstacle =
      whyOwnInspected(container, own) ?? foreignOwner(one.labels) ?? notNow(container.State.Status);
    if (obstacle !== undefined) {
      log.warn(`Not restarted although it depends on ${need.on}: ${obstacle}.`, { container: one.name });
      continue;
    }
    secrets.learn(secretValues(container.Config));
    dependents.push({
      id: one.id,
      name: one.name,
      startedAt: Date.parse(container.State.StartedAt ?? ''),
      stopGrace: stopGrace(policy, container.Config.StopTimeout),
      needs: { name: need.on, startedAt: Date.parse(needed.State.StartedAt ?? '') },
    });
  }
  return dependents;
}
