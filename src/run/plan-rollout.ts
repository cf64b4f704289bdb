import { carryOver } from '../container/carry-over.ts';
import type { InspectedContainer } from '../container/inspected.ts';
import { boundPorts } from '../container/published-ports.ts';
import { userSetOf } from '../container/user-labels.ts';
import type { Digest } from '../image/digest.ts';
import { formatPlatform } from '../image/platform.ts';
import { nameByDigest, parseReference, type Reference } from '../image/reference.ts';
import { digestsOf } from '../image/repo-digests.ts';
import { healthDemand, probeFor, stopGrace } from '../plan/policy.ts';
import type { Member } from '../plan/rollout.ts';
import type { Takeover } from '../plan/takeover.ts';
import { takeBaseline } from '../rollout/baseline.ts';
import type { PlannedRollout } from '../rollout/roll-out.ts';
import { platformOf } from './resolve.ts';
import type { RunTools } from './run-tools.ts';
import type { SurveyedContainer } from './survey.ts';

/** A rollout ready to be carried out, or why there is none. */
export type RolloutPlan =
  | { readonly kind: 'planned'; readonly planned: PlannedRollout }
  | { readonly kind: 'skipped'; readonly reason: string };

/** Decides how an outdated container is replaced, from a close look at it as it is now. Changes nothing. */
export async function planRollout(
  tools: RunTools,
  surveyed: SurveyedContainer,
  digest: Digest,
): Promise<RolloutPlan> {
  const container = await tools.engine.inspectContainer(surveyed.id);
  const reference = parseReference(surveyed.reference);
  if (container === undefined || reference === undefined || surveyed.image === undefined) {
    return { kind: 'skipped', reason: 'it was removed while it was looked at' };
  }
  if (container.HostConfig.AutoRemove === true) {
    return {
      kind: 'skipped',
      reason: 'started with --rm: the engine removes it when it stops, so there would be no way back',
    };
  }
  const takeover = await takeOver(tools, surveyed, container, reference, digest);
  const rollout = { id: tools.newRolloutId(), home: tools.homeId, members: [takeover.member] };
  return { kind: 'planned', planned: { rollout, takeovers: [takeover] } };
}

async function takeOver(
  tools: RunTools,
  surveyed: SurveyedContainer,
  container: InspectedContainer,
  reference: Reference,
  digest: Digest,
): Promise<Takeover> {
  const { wishes, image } = surveyed;
  const imageConfig = image?.Config ?? { Labels: {} };
  const { wasHealthy, probePort } = await takeBaseline(tools, container, wishes);
  const platform = formatPlatform(platformOf(surveyed, tools.identity.platform));
  const member: Member = {
    name: surveyed.name,
    predecessor: container.Id,
    reference: surveyed.reference,
    fromImage: container.Image,
    fromDigest: digestsOf(image?.RepoDigests ?? [], reference)[0],
    target: {
      kind: 'offered',
      digest,
      pulled: (await tools.engine.inspectImage(nameByDigest(reference, digest))) === undefined,
    },
    restart: container.HostConfig.RestartPolicy ?? { Name: 'no', MaximumRetryCount: 0 },
    running: container.State.Running,
    wasHealthy,
    ports: boundPorts(container),
    probePort,
    stopGrace: stopGrace(tools.policy, container.Config.StopTimeout),
  };
  return {
    member,
    reference,
    platform: platform === formatPlatform(tools.identity.platform) ? undefined : platform,
    spec: carryOver(
      container,
      imageConfig,
      tools.identity,
      userSetOf(container.Config.Labels, imageConfig.Labels),
    ),
    traits: tools.identity,
    demand: healthDemand(tools.policy, wishes, {
      image: container.Image,
      probe: probeFor(wishes, probePort),
      ports: member.ports,
      mustBeHealthy: true,
    }),
  };
}
