import { coincidences } from '../container/coincidences.ts';
import { predecessorName, successorName } from '../container/names.ts';
import { type Replacement, retie } from '../container/ties.ts';
import { familiarName, nameByDigest } from '../image/reference.ts';
import { memberLabel } from './member-label.ts';
import { planMake, removedWhenStopped } from './plan-make.ts';
import { armed } from './restart-policies.ts';
import type { Member, Rollout } from './rollout.ts';
import type { Step } from './step.ts';
import type { ReadyTakeover, Takeover } from './takeover.ts';
import { verifyCause } from './verify-cause.ts';

/** Brings a new image onto the host. No tag moves yet, so nothing else can notice. */
export function planPull({ member, reference, platform }: Takeover): readonly Step[] {
  if (member.target.kind !== 'offered' || reference === undefined) return [];
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

/**
 * Makes a successor beside the running predecessor and has it checked, and proven too where it is to start first.
 * Nothing stops.
 * @param replacements the containers that it may be tied to, with their successors
 */
export function planPrepare(
  rollout: Rollout,
  takeover: ReadyTakeover,
  replacements: readonly Replacement[],
): readonly Step[] {
  const { member, image, platform, traits, follows } = takeover;
  const spec = retie(takeover.spec, replacements);
  return [
    ...makeStandIn(rollout, takeover),
    ...moveTag(takeover),
    ...planMake({
      blueprint: { spec, image, userSet: coincidences(spec, image.Config), platform, traits },
      name: successorName(member.name, rollout.id),
      from: member.reference,
      label: memberLabel(rollout, member, 'successor'),
      cause: `${follows === undefined ? '' : `it ${follows}; `}made before anything stops, so that a failure costs nothing`,
    }),
    ...startFirst(rollout, takeover),
  ];
}

/** Where two may run, names are switched and the old one is stopped when the new one is proven: see planSettle. */
function startFirst(rollout: Rollout, { member, strategy, demand }: Takeover): readonly Step[] {
  if (strategy.kind !== 'start-first') return [];
  const base = { subject: member.name, container: successorName(member.name, rollout.id) };
  return [
    { kind: 'start', ...base, cause: 'beside the old one, which goes on serving until this one is proven' },
    { kind: 'verify', ...base, demand, cause: verifyCause(demand) },
  ];
}

/** From the old image's id, as no tag need point at it any more; it stays when the engine starts anew. */
function makeStandIn(
  rollout: Rollout,
  { member, spec, oldImage, platform, traits }: Takeover,
): readonly Step[] {
  if (!member.vanishes) return [];
  const userSet = coincidences(spec, oldImage.Config);
  return planMake({
    blueprint: { spec: removedWhenStopped(spec, false), image: oldImage, userSet, platform, traits },
    name: predecessorName(member.name, rollout.id),
    from: member.fromImage,
    label: memberLabel(rollout, member, 'stand-in'),
    cause: 'the engine removes the old one when it stops (--rm): going back is made from this copy',
  });
}

function moveTag({ member: { name, target }, reference }: Takeover): Step[] {
  if (target.kind === 'same' || reference === undefined) return [];
  return [
    {
      kind: 'tag',
      subject: name,
      reference,
      image: target.kind === 'kept' ? target.image : nameByDigest(reference, target.digest),
      cause:
        'the container is made from its own reference, so that nothing compose or people read has changed',
    },
  ];
}

/**
 * The last preparation: from here on the engine alone brings back the predecessor, should the machine go down
 * between stop and commit.
 */
export function planArm(takeovers: readonly Takeover[]): readonly Step[] {
  // What the engine removes when it stops takes no restart policy.
  return takeovers
    .filter(({ member }) => !member.vanishes)
    .map(
      ({ member }): Step => ({
        kind: 'restart-policy',
        subject: member.name,
        container: member.predecessor,
        policy: armed(member.restart),
        cause:
          'should the machine go down now, the engine brings back the old one; it also shows that the engine can write',
      }),
    );
}

/**
 * The switch and its proof, for those that are not proven already. Between stop and start there are only the two
 * renames.
 * @param replacements every predecessor with its successor
 */
export function planSwitch(
  rollout: Rollout,
  all: readonly Takeover[],
  replacements: readonly Replacement[],
): readonly Step[] {
  const takeovers = all.filter(({ strategy }) => strategy.kind !== 'start-first');
  const idOf = ({ name, predecessor }: Member) =>
    replacements.find(({ old }) => old.id === predecessor)?.new.id ?? successorName(name, rollout.id);
  const followersFirst = takeovers.toReversed();
  const running = takeovers.filter(({ member }) => member.running);
  return [
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
      putAside(rollout, member),
      {
        kind: 'rename',
        subject: member.name,
        container: idOf(member),
        to: member.name,
        cause: 'takes over the name',
      },
    ]),
    ...running.map(
      ({ member }): Step => ({
        kind: 'start',
        subject: member.name,
        container: idOf(member),
        cause: 'the new one takes over',
      }),
    ),
    ...running.map(
      ({ member, demand }): Step => ({
        kind: 'verify',
        subject: member.name,
        container: idOf(member),
        demand,
        cause: verifyCause(demand),
      }),
    ),
  ];
}

function putAside(rollout: Rollout, { name: subject, predecessor: container, vanishes }: Member): Step {
  return vanishes
    ? { kind: 'remove', subject, container, cause: 'removed by the engine itself (--rm); its copy stays' }
    : {
        kind: 'rename',
        subject,
        container,
        to: predecessorName(subject, rollout.id),
        cause: 'kept aside, whole, until the new one is proven',
      };
}
