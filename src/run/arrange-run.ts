import pLimit from 'p-limit';
import { type InspectedContainer, nameOf } from '../container/inspected.ts';
import { DEPENDS_ON, readLabels } from '../container/labels.ts';
import { leadsTo, tiesOf, tieWords } from '../container/ties.ts';
import { userLabels } from '../container/user-labels.ts';
import type { Inspector } from '../engine/engine.ts';
import { arrange, type Neighbour } from '../plan/arrange.ts';
import type { Target } from '../plan/rollout.ts';
import type { Replaced } from './plan-rollout.ts';
import type { ResolvedContainer } from './resolved-container.ts';
import type { RunTools } from './run-tools.ts';

/** What a run has to do, in its order. */
export interface ArrangedRun {
  /** Nothing is done about these. */
  readonly settled: readonly ResolvedContainer[];
  readonly turns: readonly Turn[];
}

/** One rollout to be: a set of containers, and what was found out about those of them that are watched. */
export interface Turn {
  readonly set: readonly Replaced[];
  readonly resolved: readonly ResolvedContainer[];
}

/**
 * Puts what is outdated in order, together with what has to be made anew along with it.
 * @param open the names of containers with a rollout that is not over
 */
export async function arrangeRun(
  tools: RunTools,
  resolved: readonly ResolvedContainer[],
  open: ReadonlySet<string>,
): Promise<ArrangedRun> {
  const targets = new Map<string, Target>();
  for (const { container, verdict } of resolved) {
    if (verdict.kind !== 'outdated') continue;
    const { digest, aliases } = verdict;
    targets.set(container.id, { kind: 'offered', digest, aliases, pulled: false });
  }
  const sets = await arrangeSets(tools, targets);
  const turnOf = (set: readonly Replaced[]): Turn => ({
    set,
    resolved: resolved.filter(({ container }) => set.some(({ id }) => id === container.id)),
  });
  const isOpen = (set: readonly Replaced[]) => set.some(({ name }) => open.has(name));
  const turns = sets.filter(set => !isOpen(set)).map(turnOf);
  const waiting = sets.filter(isOpen).flatMap(set => turnOf(set).resolved);
  const taken = new Set(turns.flatMap(turn => turn.resolved));
  return {
    turns,
    settled: resolved
      .filter(each => !taken.has(each))
      .map(each => (waiting.includes(each) ? wait(each) : each)),
  };
}

function wait(each: ResolvedContainer): ResolvedContainer {
  const reason = 'an earlier rollout of it, or of one that it is tied to, is not over yet';
  return each.verdict.kind === 'outdated' ? { ...each, verdict: { kind: 'skipped', reason } } : each;
}

/** The sets that containers with a new target, by id, are replaced in. */
export async function arrangeSets(
  tools: RunTools,
  targets: ReadonlyMap<string, Target>,
): Promise<readonly (readonly Replaced[])[]> {
  // Most runs end here, without a look at each container.
  if (targets.size === 0) return [];
  const neighbours = await lookAround(tools);
  const { sets, cycles } = arrange(new Set(targets.keys()), neighbours);
  for (const cycle of cycles) {
    const circle = [...cycle, ...cycle.slice(0, 1)].join(' → ');
    tools.log.warn(
      `These depend on each other in a circle: ${circle}. The order between them is left to chance.`,
    );
  }
  return sets.map(set =>
    set.map(({ id, name, ties }) => ({
      id,
      name,
      target: targets.get(id) ?? { kind: 'same' },
      follows: set.flatMap(other => {
        const tie = other.id === id ? undefined : ties.find(each => leadsTo(each, other));
        return tie === undefined ? [] : [tieWords(tie.kind, other.name)];
      })[0],
    })),
  );
}

async function lookAround({ engine, concurrency }: RunTools): Promise<readonly Neighbour[]> {
  const listed = await engine.listContainers();
  const neighbours = await engine.lookAtMany(inspector =>
    pLimit(concurrency).map(listed, ({ Id }) => lookAtOne(inspector, Id)),
  );
  return neighbours.flat().toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function lookAtOne(inspector: Inspector, id: string): Promise<readonly Neighbour[]> {
  const container = await inspector.inspectContainer(id);
  if (container === undefined) return [];
  const { Labels: labels } = container.Config;
  const dependsOn = DEPENDS_ON in labels ? await namedDependencies(inspector, container) : [];
  return [{ id, name: nameOf(container), labels, ties: tiesOf(container), dependsOn }];
}

/** What the user says by label; the word of an image counts for nothing. */
async function namedDependencies(
  { inspectImage }: Inspector,
  container: InspectedContainer,
): Promise<readonly string[]> {
  const image = await inspectImage(container.Image);
  const { wishes } = readLabels(userLabels(container.Config.Labels, image?.Config.Labels ?? {}));
  return wishes.dependsOn ?? [];
}
