import { listedName } from '../container/inspected.ts';
import { parseRolloutName } from '../container/names.ts';
import { parseRolloutLabel, ROLLOUT_LABEL, type RolloutLabel } from '../container/rollout-label.ts';
import { wentForward } from '../journal/history.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { type Orphan, rebuildRollout } from '../plan/rebuild-entry.ts';
import type { RunTools } from './run-tools.ts';

/** What the journal does not know of, though the engine has it. */
export interface Leftovers {
  /** Rollouts of this home, made known again from the labels of their containers. */
  readonly entries: readonly JournalEntry[];
  /** Containers under a rollout's name of which nothing is known; they are left alone and pointed out. */
  readonly strangers: readonly string[];
}

/** Looks for containers of rollouts that are in no journal, because it was lost or could not be read. */
export async function findOrphans(tools: RunTools, known: ReadonlySet<string>): Promise<Leftovers> {
  const listed = await tools.engine.listContainers();
  const nameOf = new Map(listed.map(summary => [summary.Id, listedName(summary)]));
  const copied = new Set(
    listed.flatMap(({ Labels }) => {
      const label = parseRolloutLabel(Labels[ROLLOUT_LABEL]);
      return label?.role === 'stand-in' ? [label.predecessor] : [];
    }),
  );
  const orphans = new Map<string, [Orphan, ...Orphan[]]>();
  const explained = new Set(known);
  for (const summary of listed) {
    const label = parseRolloutLabel(summary.Labels[ROLLOUT_LABEL]);
    if (label === undefined) continue;
    const hasPredecessor =
      isAsWeLeftIt(nameOf.get(label.predecessor), label) || copied.has(label.predecessor);
    // Whatever a person called it since: without predecessor and rollout name it is nobody's business any more.
    const isSettled = !hasPredecessor && parseRolloutName(listedName(summary)) === undefined;
    if (isSettled || known.has(label.id)) continue;
    explained.add(label.id);
    const orphan =
      label.home === tools.homeId ? await confirmOrphan(tools, summary.Id, label, hasPredecessor) : undefined;
    if (orphan === undefined) continue;
    const group = orphans.get(label.id);
    if (group === undefined) orphans.set(label.id, [orphan]);
    else group.push(orphan);
  }
  const strangers = listed.map(listedName).filter(name => {
    const parsed = parseRolloutName(name);
    return parsed !== undefined && !explained.has(parsed.rolloutId);
  });
  const past = orphans.size === 0 ? [] : await tools.history.read();
  const entries = [...orphans.values()].map(group => ({
    ...rebuildRollout(group, wentForward(past, group[0].label.id)),
    startedAt: tools.clock.now(),
    attempts: 0,
    failure: undefined,
  }));
  return { entries, strangers };
}

/** One that a person took for themselves, by another name, is no predecessor any more. */
function isAsWeLeftIt(name: string | undefined, label: RolloutLabel): boolean {
  return name !== undefined && (name === label.name || parseRolloutName(name) !== undefined);
}

/** A label that came with the image is no word of ours: an image could name any container as its predecessor. */
async function confirmOrphan(
  { engine }: RunTools,
  id: string,
  label: RolloutLabel,
  hasPredecessor: boolean,
): Promise<Orphan | undefined> {
  const container = await engine.inspectContainer(id);
  const image = container === undefined ? undefined : await engine.inspectImage(container.Image);
  if (container === undefined || image?.Config.Labels[ROLLOUT_LABEL] !== undefined) return undefined;
  return {
    label,
    restart: container.HostConfig.RestartPolicy ?? { Name: 'no', MaximumRetryCount: 0 },
    hasPredecessor,
  };
}
