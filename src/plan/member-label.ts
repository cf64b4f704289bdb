import type { RolloutLabel } from '../container/rollout-label.ts';
import type { Member, Rollout, Target } from './rollout.ts';

/** What a container that a rollout makes says of itself: enough to end the rollout where the journal was lost. */
export function memberLabel(rollout: Rollout, member: Member, role: RolloutLabel['role']): RolloutLabel {
  return {
    v: 1,
    role,
    id: rollout.id,
    home: rollout.home,
    name: member.name,
    predecessor: member.predecessor,
    from: member.fromImage,
    reference: member.reference,
    place: rollout.members.indexOf(member),
    ...targetLabel(member.target),
    restart: { name: member.restart.Name, retries: member.restart.MaximumRetryCount },
    running: member.running,
    ...(member.startedAt !== undefined && { startedAt: member.startedAt }),
    vanishes: member.vanishes,
  };
}

function targetLabel(target: Target): Pick<RolloutLabel, 'digest' | 'image'> {
  switch (target.kind) {
    case 'offered':
      return { digest: target.digest };
    case 'kept':
      return { image: target.image };
    case 'same':
      return {};
    default:
      return target satisfies never;
  }
}
