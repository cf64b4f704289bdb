import { freshVolumes } from '../container/fresh-volumes.ts';
import {
  type ContainerSummary,
  type InspectedContainer,
  type InspectedImage,
  listedName,
  nameOf,
} from '../container/inspected.ts';
import { readLabels } from '../container/labels.ts';
import { parseRolloutLabel, ROLLOUT_LABEL } from '../container/rollout-label.ts';
import { userLabels } from '../container/user-labels.ts';
import type { Engine } from '../engine/engine.ts';
import { keptReference } from '../image/kept-reference.ts';
import { familiarName, nameByDigest, parseReference, repositoryOf } from '../image/reference.ts';
import type { HealthDemand } from '../plan/health-demand.ts';
import type { ObservedContainer, ObservedMember, ObservedRollout } from '../plan/observed.ts';
import { healthDemand, type Policy, probeFor } from '../plan/policy.ts';
import type { Member, Rollout } from '../plan/rollout.ts';

/** Looks up what the engine has of a rollout now: what to do next is planned from this, never from memory. */
export async function observeRollout(
  engine: Engine,
  policy: Policy,
  rollout: Rollout,
): Promise<ObservedRollout> {
  const listed = await engine.listContainers();
  const members = new Map<string, ObservedMember>();
  for (const member of rollout.members) {
    members.set(member.name, await observeMember(engine, policy, rollout, member, listed));
  }
  return members;
}

async function observeMember(
  engine: Engine,
  policy: Policy,
  rollout: Rollout,
  member: Member,
  listed: readonly ContainerSummary[],
): Promise<ObservedMember> {
  const own = listed.find(({ Labels }) => {
    const label = parseRolloutLabel(Labels[ROLLOUT_LABEL]);
    return label?.id === rollout.id && label.name === member.name;
  });
  const predecessor = await engine.inspectContainer(member.predecessor);
  const successor = own === undefined ? undefined : await engine.inspectContainer(own.Id);
  const ours = new Set([member.predecessor, own?.Id]);
  const newImage = await findNewImage(engine, member);
  const oldImage = await engine.inspectImage(member.fromImage);
  const keptName = familiarName(keptReference(member.name, rollout.id));
  return {
    predecessor: predecessor === undefined ? undefined : observed(predecessor),
    successor: successor === undefined ? undefined : observed(successor),
    nameHolder: listed.find(summary => listedName(summary) === member.name)?.Id,
    taggedImage: await findTaggedImage(engine, member),
    oldImageIsHere: oldImage !== undefined,
    isKept: oldImage === undefined || (oldImage.RepoTags?.includes(keptName) ?? false),
    freshVolumes:
      successor === undefined || predecessor === undefined ? [] : freshVolumes(successor, predecessor),
    newImage,
    newImageUsedElsewhere: listed.some(
      ({ Id, ImageID, Image }) => ImageID === newImage && !ours.has(Id) && mayBeOf(Image, member),
    ),
    demand: predecessorDemand(policy, member, predecessor, oldImage),
  };
}

/** Whether a listed image name is of the member's repository, too: two of them may hold the very same image. */
function mayBeOf(name: string, { reference }: Member): boolean {
  const [own, other] = [parseReference(reference), parseReference(name)];
  // Once its tag has moved, the list shows an id.
  if (own === undefined || other === undefined || /^(sha256:)?[0-9a-f]{12,64}$/.test(name)) return true;
  return repositoryOf(own) === repositoryOf(other);
}

function observed(container: InspectedContainer): ObservedContainer {
  return {
    id: container.Id,
    name: nameOf(container),
    running: container.State.Running,
    startedAt: container.State.StartedAt ?? undefined,
    restart: container.HostConfig.RestartPolicy ?? { Name: 'no', MaximumRetryCount: 0 },
  };
}

async function findNewImage(
  engine: Engine,
  { target, reference, fromImage }: Member,
): Promise<string | undefined> {
  if (target.kind === 'same') return fromImage;
  if (target.kind === 'kept') return (await engine.inspectImage(target.image))?.Id;
  const parsed = parseReference(reference);
  return parsed === undefined
    ? undefined
    : (await engine.inspectImage(nameByDigest(parsed, target.digest)))?.Id;
}

async function findTaggedImage(engine: Engine, { reference }: Member): Promise<string | undefined> {
  const parsed = parseReference(reference);
  if (parsed === undefined) return undefined;
  return (await engine.inspectImage(familiarName({ ...parsed, digest: undefined })))?.Id;
}

/** What the predecessor must show when it is put back: what its labels say, on the image it ran all along. */
function predecessorDemand(
  policy: Policy,
  member: Member,
  container: InspectedContainer | undefined,
  image: InspectedImage | undefined,
): HealthDemand {
  const { wishes } = readLabels(userLabels(container?.Config.Labels ?? {}, image?.Config.Labels ?? {}));
  return healthDemand(policy, wishes, {
    image: member.fromImage,
    probe: probeFor(wishes, member.probePort),
    ports: member.ports,
    mustBeHealthy: member.wasHealthy,
  });
}
