import { type ContainerSummary, listedName } from '../container/inspected.ts';
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
  const open = unsettled(listed).filter(({ label }) => !known.has(label.id));
  const explained = new Set([...known, ...open.map(({ label }) => label.id)]);
  const strangers = listed.map(listedName).filter(name => {
    const parsed = parseRolloutName(name);
    return parsed !== undefined && !explained.has(parsed.rolloutId);
  });
  const orphans = new Map<string, [Orphan, ...Orphan[]]>();
  for (const each of open.filter(({ label }) => label.home === tools.homeId)) {
    const orphan = await confirmOrphan(tools, each);
    const group = orphans.get(each.label.id);
    if (orphan !== undefined && group === undefined) orphans.set(each.label.id, [orphan]);
    else if (orphan !== undefined) group?.push(orphan);
  }
  return { entries: await rebuildEntries(tools, [...orphans.values()]), strangers };
}

async function rebuildEntries(
  { history, clock }: RunTools,
  groups: readonly [Orphan, ...Orphan[]][],
): Promise<readonly JournalEntry[]> {
  const past = groups.length === 0 ? [] : await history.read();
  return groups.map(group => ({
    ...rebuildRollout(group, wentForward(past, group[0].label.id)),
    startedAt: clock.now(),
    attempts: 0,
    failure: undefined,
  }));
}

/** A container that a rollout made, with what it says of itself. */
interface Made {
  readonly id: string;
  readonly label: RolloutLabel;
  /** Whether the container that it replaces, or a copy to make that from, is still there. */
  readonly hasPredecessor: boolean;
}

/** Those whose rollout is not over. Without predecessor and rollout name a container is nobody's business any more. */
function unsettled(listed: readonly ContainerSummary[]): readonly Made[] {
  const nameOf = new Map(listed.map(summary => [summary.Id, listedName(summary)]));
  const made = listed.flatMap(({ Id: id, Labels }) => {
    const label = parseRolloutLabel(Labels[ROLLOUT_LABEL]);
    return label === undefined ? [] : [{ id, label }];
  });
  const copied = new Set(
    made.flatMap(({ id, label }) =>
      label.role === 'stand-in' && isNamedBy(label, nameOf.get(id)) ? [label.predecessor] : [],
    ),
  );
  return made
    .map(({ id, label }) => ({
      id,
      label,
      hasPredecessor: isAsWeLeftIt(nameOf.get(label.predecessor), label) || copied.has(label.predecessor),
    }))
    .filter(({ id, label, hasPredecessor }) => hasPredecessor || isNamedBy(label, nameOf.get(id)));
}

/** One that a person took for themselves, by another name, is no predecessor any more. */
function isAsWeLeftIt(name: string | undefined, label: RolloutLabel): boolean {
  return name === label.name || isNamedBy(label, name);
}

/** Whether a name is of that very rollout: a later one has this container aside under a name of its own. */
function isNamedBy({ id }: RolloutLabel, name: string | undefined): boolean {
  return parseRolloutName(name ?? '')?.rolloutId === id;
}

/** A label that came with the image is no word of ours: an image could name any container as its predecessor. */
async function confirmOrphan(
  { engine }: RunTools,
  { id, label, hasPredecessor }: Made,
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
