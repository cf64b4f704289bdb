import { freshVolumes } from '../container/fresh-volumes.ts';
import {
  type ContainerSummary,
  type InspectedContainer,
  type InspectedImage,
  type ListedNetwork,
  lastStart,
  listedName,
  nameOf,
} from '../container/inspected.ts';
import { readLabels } from '../container/labels.ts';
import { lostNetworks } from '../container/lost-networks.ts';
import { parseRolloutLabel, ROLLOUT_LABEL, type RolloutLabel } from '../container/rollout-label.ts';
import { secretValues } from '../container/secret-values.ts';
import { userLabels } from '../container/user-labels.ts';
import type { Engine } from '../engine/engine.ts';
import { keptReference } from '../image/kept-reference.ts';
import { familiarName, nameByDigest, parseReference, repositoryOf } from '../image/reference.ts';
import type { HealthDemand } from '../plan/health-demand.ts';
import type { ObservedContainer, ObservedMember, ObservedRollout } from '../plan/observed.ts';
import { healthDemand, type Policy, probeFor } from '../plan/policy.ts';
import type { Member, Phase, Rollout } from '../plan/rollout.ts';
import { readBlueprint } from './read-blueprint.ts';
import type { RolloutTools } from './tools.ts';

/**
 * Looks up what the engine has of a rollout now: what to do next is planned from this, never from memory.
 * @param phase networks are looked at too, but for a committed one, which needs none of its old ones
 */
export async function observeRollout(
  tools: ObservationTools,
  rollout: Rollout,
  phase: Phase,
): Promise<ObservedRollout> {
  const listed = await tools.engine.listContainers();
  const networks = phase === 'committed' ? [] : await tools.engine.listNetworks();
  const made = listed.flatMap(({ Id, Labels }) => {
    const label = parseRolloutLabel(Labels[ROLLOUT_LABEL]);
    return label?.id === rollout.id ? [{ id: Id, label }] : [];
  });
  const ours = new Set([
    ...rollout.members.map(({ predecessor }) => predecessor),
    ...made.map(({ id }) => id),
  ]);
  const members = new Map<string, ObservedMember>();
  for (const member of rollout.members) {
    members.set(member.name, await observeMember(tools, rollout, member, { listed, networks, made, ours }));
  }
  return members;
}

type ObservationTools = Pick<RolloutTools, 'engine' | 'policy' | 'identity' | 'secrets'>;

/** What is looked up once for all members. */
interface Surroundings {
  readonly listed: readonly ContainerSummary[];
  readonly networks: readonly ListedNetwork[];
  /** What the rollout made, and what each says of itself. */
  readonly made: readonly { readonly id: string; readonly label: RolloutLabel }[];
  /** The ids of all containers of the rollout, those that are listed and gone already, too. */
  readonly ours: ReadonlySet<string>;
}

async function observeMember(
  tools: ObservationTools,
  rollout: Rollout,
  member: Member,
  { listed, networks, made, ours }: Surroundings,
): Promise<ObservedMember> {
  const { engine, policy, identity } = tools;
  const own = await findOwn(tools, member, made);
  const { predecessor, successor, copy, preflight } = own;
  const original = predecessor ?? copy;
  const newImage = await findNewImage(engine, member);
  const oldImage = await engine.inspectImage(member.fromImage);
  const keptName = familiarName(keptReference(member.name, rollout.id));
  const lost = predecessor && lostNetworks(predecessor, successor ?? copy, networks, identity.apiVersion);
  return {
    predecessor: predecessor && { ...observed(predecessor), lostNetworks: lost ?? [] },
    successor: successor && observed(successor),
    preflight: preflight && observed(preflight),
    standIn: copy && { ...observed(copy), blueprint: readBlueprint(copy, oldImage, identity) },
    nameHolder: nameHolder(member, own, { listed, ours }),
    taggedImage: await findTaggedImage(engine, member),
    oldImageIsHere: oldImage !== undefined,
    isKept: oldImage === undefined || (oldImage.RepoTags?.includes(keptName) ?? false),
    freshVolumes: successor === undefined || original === undefined ? [] : freshVolumes(successor, original),
    newImage,
    newImageUsedElsewhere: listed.some(
      ({ Id, ImageID, Image }) => ImageID === newImage && !ours.has(Id) && mayBeOf(Image, member),
    ),
    demand: predecessorDemand(policy, member, original, oldImage),
  };
}

/** The containers of one member. */
interface OwnContainers {
  readonly predecessor: InspectedContainer | undefined;
  readonly successor: InspectedContainer | undefined;
  /** That which stands in for a predecessor that goes when it stops. */
  readonly copy: InspectedContainer | undefined;
  /** That in which an image was tried. */
  readonly preflight: InspectedContainer | undefined;
}

async function findOwn(
  { engine, secrets }: ObservationTools,
  member: Member,
  made: Surroundings['made'],
): Promise<OwnContainers> {
  const idOf = (role: RolloutLabel['role']) =>
    made.find(({ label }) => label.name === member.name && label.role === role)?.id;
  const inspect = async (id: string | undefined) => {
    const container = id === undefined ? undefined : await engine.inspectContainer(id);
    // What must not be shown is in no journal: the containers know it.
    secrets.learn(secretValues(container?.Config ?? {}));
    return container;
  };
  return {
    predecessor: (await inspect(member.predecessor)) ?? (await inspect(idOf('restored'))),
    successor: await inspect(idOf('successor')),
    copy: await inspect(idOf('stand-in')),
    preflight: await inspect(idOf('preflight')),
  };
}

/** Whoever bears the member's name; one of ours that is listed still and gone already bears none. */
function nameHolder(
  { name }: Member,
  { predecessor, successor, copy }: OwnContainers,
  { listed, ours }: Pick<Surroundings, 'listed' | 'ours'>,
): string | undefined {
  const holder = listed.find(summary => listedName(summary) === name)?.Id;
  const isGone = ![predecessor, successor, copy].some(each => each?.Id === holder);
  return holder !== undefined && ours.has(holder) && isGone ? undefined : holder;
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
    image: container.Image,
    running: container.State.Running,
    startedAt: lastStart(container),
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
    vanishes: member.vanishes,
  });
}
