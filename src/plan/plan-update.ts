import { formatDuration } from '../base/duration.ts';
import { coincidences } from '../container/coincidences.ts';
import { createBody } from '../container/create-body.ts';
import { predecessorName, successorName } from '../container/names.ts';
import { familiarName, nameByDigest } from '../image/reference.ts';
import { formatProbe } from './health-demand.ts';
import type { Rollout } from './rollout.ts';
import type { Step } from './step.ts';
import type { ReadyTakeover, Takeover } from './takeover.ts';

/** Brings a new image onto the host. No tag moves yet, so nothing else can notice. */
export function planPull({ member, reference, platform }: Takeover): readonly Step[] {
  if (member.target.kind !== 'offered') return [];
  return [
    {
      kind: 'pull',
      subject: member.name,
      reference,
      digest: member.target.digest,
      platform,
      cause: `${familiarName(reference)} now offers it; by digest, because the tag may move again meanwhile`,
    },
  ];
}

/** Makes the successors beside the running predecessors and has them checked. Nothing stops. */
export function planPrepare(rollout: Rollout, takeovers: readonly ReadyTakeover[]): readonly Step[] {
  return takeovers.flatMap(takeover => prepareOne(rollout, takeover));
}

function prepareOne(rollout: Rollout, takeover: ReadyTakeover): readonly Step[] {
  const { member, image, spec, platform, traits } = takeover;
  const subject = member.name;
  const name = successorName(subject, rollout.id);
  const userSet = coincidences(spec, image.Config);
  const body = createBody(spec, {
    reference: member.reference,
    imageId: image.Id,
    userSet,
    label: {
      v: 1,
      id: rollout.id,
      home: rollout.home,
      name: subject,
      predecessor: member.predecessor,
      from: member.fromImage,
      reference: member.reference,
      ...(member.target.kind === 'offered' && { digest: member.target.digest }),
      restart: { name: member.restart.Name, retries: member.restart.MaximumRetryCount },
      running: member.running,
    },
  });
  return [
    ...moveTag(takeover),
    {
      kind: 'create',
      subject,
      name,
      rolloutId: rollout.id,
      body,
      platform,
      cause: 'made before anything stops, so that a failure costs nothing',
    },
    ...spec.others.map(
      ({ network, endpoint }): Step => ({
        kind: 'connect',
        subject,
        container: name,
        network,
        endpoint,
        cause: 'the container is on it today',
      }),
    ),
    {
      kind: 'compare',
      subject,
      container: name,
      intended: spec,
      image,
      userSet,
      traits,
      cause: 'the engine drops what it does not know without a word',
    },
  ];
}

function moveTag({ member, reference }: Takeover): Step[] {
  if (member.target.kind !== 'offered') return [];
  return [
    {
      kind: 'tag',
      subject: member.name,
      reference,
      image: nameByDigest(reference, member.target.digest),
      cause:
        'the container is made from its own reference, so that nothing compose or people read has changed',
    },
  ];
}

/**
 * The switch and its proof. Between stop and start there are only the two renames.
 * @param idOf the id of a member's successor (before it exists: its name)
 */
export function planSwitch(
  rollout: Rollout,
  takeovers: readonly Takeover[],
  idOf: (name: string) => string,
): readonly Step[] {
  const followersFirst = takeovers.toReversed();
  const running = takeovers.filter(({ member }) => member.running);
  return [
    ...takeovers.map(
      ({ member }): Step => ({
        kind: 'restart-policy',
        subject: member.name,
        container: member.predecessor,
        policy: armed(member.restart),
        cause:
          'should the machine go down now, the engine brings back the old one; it also shows that the engine can write',
      }),
    ),
    ...followersFirst
      .filter(({ member }) => member.running)
      .map(
        ({ member }): Step => ({
          kind: 'stop',
          subject: member.name,
          container: member.predecessor,
          grace: member.stopGrace,
          cause: 'from here until the start the service is down',
        }),
      ),
    ...takeovers.flatMap(({ member }): Step[] => [
      {
        kind: 'rename',
        subject: member.name,
        container: member.predecessor,
        to: predecessorName(member.name, rollout.id),
        cause: 'kept aside, whole, until the new one is proven',
      },
      {
        kind: 'rename',
        subject: member.name,
        container: idOf(member.name),
        to: member.name,
        cause: 'takes over the name',
      },
    ]),
    ...running.map(
      ({ member }): Step => ({
        kind: 'start',
        subject: member.name,
        container: idOf(member.name),
        cause: 'the new one takes over',
      }),
    ),
    ...running.map(
      ({ member, demand }): Step => ({
        kind: 'verify',
        subject: member.name,
        container: idOf(member.name),
        demand,
        cause: verifyCause(demand),
      }),
    ),
  ];
}

/** `unless-stopped` stays stopped after an engine start once it was stopped; `always` comes back. */
function armed(policy: Takeover['member']['restart']): Takeover['member']['restart'] {
  return policy.Name === 'unless-stopped' ? { Name: 'always', MaximumRetryCount: 0 } : policy;
}

function verifyCause({ probe, stableFor }: Takeover['demand']): string {
  const asked = probe === undefined ? 'no /health is known: running without a restart' : formatProbe(probe);
  return `${asked}, and its HEALTHCHECK if it has one; then stable for ${formatDuration(stableFor)}`;
}
