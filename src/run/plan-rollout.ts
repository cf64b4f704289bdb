import { carryOver } from '../container/carry-over.ts';
import type { InspectedContainer, InspectedImage } from '../container/inspected.ts';
import { lastStart, nameOf } from '../container/inspected.ts';
import { type LabelWishes, readLabels } from '../container/labels.ts';
import { whyOwnInspected } from '../container/own-place.ts';
import { foreignOwner } from '../container/ownership.ts';
import { boundPorts } from '../container/published-ports.ts';
import { secretValues } from '../container/secret-values.ts';
import { leadsTo, tiesOf } from '../container/ties.ts';
import { userLabels, userSetOf } from '../container/user-labels.ts';
import { parseDigest } from '../image/digest.ts';
import { foreignPlatform } from '../image/platform.ts';
import { nameByDigest, parseReference, type Reference } from '../image/reference.ts';
import { digestsOf } from '../image/repo-digests.ts';
import { chooseStrategy } from '../plan/choose-strategy.ts';
import { healthDemand, probeFor, stopGrace } from '../plan/policy.ts';
import type { Member, Target } from '../plan/rollout.ts';
import { notNow } from '../plan/selection.ts';
import type { Takeover } from '../plan/takeover.ts';
import { takeBaseline } from '../rollout/baseline.ts';
import type { PlannedRollout } from '../rollout/roll-out.ts';
import type { RunTools } from './run-tools.ts';

/** A container to be replaced, and what by. */
export interface Replaced {
  readonly id: string;
  readonly name: string;
  /** The image it shall run; only those that follow another keep theirs. */
  readonly target: Target;
  /** What ties it to another of the set: `uses the network of gateway`. */
  readonly follows: string | undefined;
}

/** A rollout ready to be carried out, or why there is none. */
export type RolloutPlan =
  | { readonly kind: 'planned'; readonly planned: PlannedRollout }
  | { readonly kind: 'skipped'; readonly reason: string };

/** Decides how a set of containers is replaced, from a close look at each as it is now. Changes nothing. */
export async function planRollout(tools: RunTools, set: readonly Replaced[]): Promise<RolloutPlan> {
  const takeovers: Takeover[] = [];
  for (const replaced of set) {
    const takeover = await planOne(tools, replaced, set.length === 1);
    if (typeof takeover !== 'string') takeovers.push(takeover);
    else if (replaced.follows === undefined) return { kind: 'skipped', reason: takeover };
    else return { kind: 'skipped', reason: `${replaced.name}, which ${replaced.follows}, is ${takeover}` };
  }
  const strandedBy = takeovers.find(({ member, seen }) => member.vanishes && isTiedTo(seen, takeovers));
  if (strandedBy !== undefined) {
    const { name } = strandedBy.member;
    return {
      kind: 'skipped',
      reason: `${name} was started with --rm, and others are tied to it: they could not be put back`,
    };
  }
  const members = takeovers.map(({ member }) => member);
  return {
    kind: 'planned',
    planned: { rollout: { id: tools.newRolloutId(), home: tools.homeId, members }, takeovers },
  };
}

/** Whether any of the others is tied to that container. */
function isTiedTo(container: InspectedContainer, takeovers: readonly Takeover[]): boolean {
  const identity = { id: container.Id, name: nameOf(container) };
  return takeovers.some(({ seen }) => seen !== container && tiesOf(seen).some(tie => leadsTo(tie, identity)));
}

/** @returns why it cannot be replaced, where it cannot */
async function planOne(tools: RunTools, replaced: Replaced, isAlone: boolean): Promise<Takeover | string> {
  const container = await tools.engine.inspectContainer(replaced.id);
  if (container === undefined) return 'removed while it was looked at';
  const image = await tools.engine.inspectImage(container.Image);
  if (image === undefined) return 'without its image, which was removed from the host';
  const obstacle =
    whyOwnInspected(container, tools.own) ??
    foreignOwner(container.Config.Labels) ??
    notNow(container.State.Status);
  if (obstacle !== undefined) return obstacle;
  const unnamed = container.Mounts.find(({ Type, Name }) => Type === 'volume' && !Name);
  if (unnamed !== undefined)
    return `with a volume at ${unnamed.Destination} that the engine does not name, so its data could not be kept`;
  const { wishes } = readLabels(userLabels(container.Config.Labels, image.Config.Labels));
  if (container.HostConfig.AutoRemove === true && wishes.allowRm !== true)
    return 'started with --rm: the engine removes it when it stops (the label refreshd.allow-rm=true allows it all the same)';
  if (replaced.target.kind === 'same' && (await hasMovedOn(tools, container)))
    return `made from ${container.Config.Image}, which now names another image on this host: update it first`;
  return takeOver(tools, { ...replaced, isAlone }, { container, image, wishes });
}

/** Made anew from its image's name, it would get another image. */
async function hasMovedOn({ engine }: RunTools, { Config, Image }: InspectedContainer): Promise<boolean> {
  return (await engine.inspectImage(Config.Image ?? Image))?.Id !== Image;
}

/** A container as it is now. */
interface Found {
  readonly container: InspectedContainer;
  readonly image: InspectedImage;
  /** What its labels say. */
  readonly wishes: LabelWishes;
}

async function takeOver(
  tools: RunTools,
  { target: wanted, follows, isAlone }: Replaced & { readonly isAlone: boolean },
  { container, image, wishes }: Found,
): Promise<Takeover> {
  const { Labels: labels, Image: written = container.Image } = container.Config;
  const reference = parseReference(written ?? container.Image);
  const { wasHealthy, probePort } = await takeBaseline(tools, container, wishes);
  const spec = carryOver(container, image.Config, tools.identity, userSetOf(labels, image.Config.Labels));
  tools.secrets.learn(secretValues(spec.config));
  const member: Member = {
    name: nameOf(container),
    predecessor: container.Id,
    reference: written ?? container.Image,
    fromImage: container.Image,
    fromDigest: reference === undefined ? undefined : digestsOf(image, reference)[0],
    fromManifest: parseDigest(container.ImageManifestDescriptor?.digest ?? ''),
    target: await withPulled(tools, wanted, reference),
    restart: container.HostConfig.RestartPolicy ?? { Name: 'no', MaximumRetryCount: 0 },
    running: container.State.Running,
    vanishes: container.HostConfig.AutoRemove === true && container.State.Running,
    startedAt: lastStart(container),
    wasHealthy,
    ports: boundPorts(container),
    probePort,
    stopGrace: stopGrace(tools.policy, container.Config.StopTimeout),
  };
  const demand = healthDemand(tools.policy, wishes, {
    image: container.Image,
    probe: probeFor(wishes, probePort),
    ports: member.ports,
    mustBeHealthy: true,
    vanishes: member.vanishes,
  });
  const engineAddress = tools.identity.address;
  return {
    member,
    seen: container,
    oldImage: image,
    reference,
    follows,
    platform: foreignPlatform(image, tools.identity.platform),
    spec,
    traits: tools.identity,
    demand,
    ...chooseStrategy({ wishes, member, spec, demand, follows, isAlone, engineAddress }),
  };
}

/** An image that is here already is not ours to remove again. */
async function withPulled(
  { engine }: RunTools,
  target: Target,
  reference: Reference | undefined,
): Promise<Target> {
  if (target.kind !== 'offered' || reference === undefined) return target;
  const isHere = (await engine.inspectImage(nameByDigest(reference, target.digest))) !== undefined;
  return { ...target, pulled: !isHere };
}
