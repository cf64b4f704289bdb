import { type ContainerSummary, listedName } from '../container/inspected.ts';
import { readLabels } from '../container/labels.ts';
import { parseRolloutLabel, ROLLOUT_LABEL } from '../container/rollout-label.ts';
import { userLabels } from '../container/user-labels.ts';
import type { Engine } from '../engine/engine.ts';
import { familiarName, nameByDigest, parseReference } from '../image/reference.ts';
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
  const observed = new Map<string, ObservedMember>();
  for (const member of rollout.members) {
    observed.set(member.name, await observeMember(engine, policy, rollout, member, listed));
  }
  return observed;
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
  const ours = new Set([member.predecessor, own?.Id]);
  const newImage = await findNewImage(engine, member);
  return {
    predecessor: await observeContainer(engine, member.predecessor),
    successor: own === undefined ? undefined : await observeContainer(engine, own.Id),
    nameHolder: listed.find(summary => listedName(summary) === member.name)?.Id,
    taggedImage: await findTaggedImage(engine, member),
    newImage,
    newImageUsedElsewhere: listed.some(({ Id, ImageID }) => ImageID === newImage && !ours.has(Id)),
    demand: await predecessorDemand(engine, policy, member),
  };
}

async function observeContainer(engine: Engine, id: string): Promise<ObservedContainer | undefined> {
  const container = await engine.inspectContainer(id);
  if (container === undefined) return undefined;
  return {
    id: container.Id,
    name: container.Name.replace(/^\//, ''),
    running: container.State.Running,
    restart: container.HostConfig.RestartPolicy ?? { Name: 'no', MaximumRetryCount: 0 },
  };
}

async function findNewImage(
  engine: Engine,
  { target, reference, fromImage }: Member,
): Promise<string | undefined> {
  if (target.kind === 'same') return fromImage;
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
async function predecessorDemand(engine: Engine, policy: Policy, member: Member): Promise<HealthDemand> {
  const container = await engine.inspectContainer(member.predecessor);
  const image = await engine.inspectImage(member.fromImage);
  const { wishes } = readLabels(userLabels(container?.Config.Labels ?? {}, image?.Config.Labels ?? {}));
  return healthDemand(policy, wishes, {
    image: member.fromImage,
    probe: probeFor(wishes, member.probePort),
    mustBeHealthy: member.wasHealthy,
  });
}
