import type { RestartPolicy } from '../container/inspected.ts';
import type { RolloutLabel } from '../container/rollout-label.ts';
import { parseDigest } from '../image/digest.ts';
import { samePolicy } from './restart-policies.ts';
import type { Member, Phase, Rollout, Target } from './rollout.ts';

/** A container whose rollout is in no journal: what it says of itself, and what the engine says of it. */
export interface Orphan {
  readonly label: RolloutLabel;
  readonly restart: RestartPolicy;
  /** Whether the container that it replaces, or a copy to make that from, is still there. */
  readonly hasPredecessor: boolean;
}

/**
 * Makes a rollout known again from the labels of its successors, where the journal was lost. The final restart
 * policy is set before the predecessor goes, so one that has it was committed; anything less sure leads back.
 * @param isOver whether it is written down somewhere else that it went forward
 */
export function rebuildRollout(
  orphans: readonly [Orphan, ...Orphan[]],
  isOver = false,
): {
  readonly rollout: Rollout;
  readonly phase: Phase;
} {
  const [{ label }] = orphans;
  const byName = new Map(orphans.map(orphan => [orphan.label.name, orphan.label]));
  const members = [...byName.values()].toSorted((a, b) => a.place - b.place);
  const isCommitted = orphans.every(orphan => {
    const final = policyOf(orphan.label);
    return !orphan.hasPredecessor || (!isNever(final) && samePolicy(orphan.restart, final));
  });
  // The copy in which an image is tried is gone before anything else is made.
  const isPreflight = orphans.every(orphan => orphan.label.role === 'preflight');
  const interrupted = isPreflight ? 'preparing' : isCommitted ? 'committed' : 'undoing';
  return {
    rollout: { id: label.id, home: label.home, members: members.map(memberOf) },
    phase: isOver ? 'committed' : interrupted,
  };
}

/** The engine writes a policy that was never given as an empty one. */
function isNever({ Name }: RestartPolicy): boolean {
  return Name === 'no' || Name === '';
}

function memberOf(label: RolloutLabel): Member {
  return {
    name: label.name,
    predecessor: label.predecessor,
    reference: label.reference,
    fromImage: label.from,
    fromDigest: undefined,
    target: targetOf(label),
    restart: policyOf(label),
    running: label.running,
    vanishes: label.vanishes,
    startedAt: label.startedAt,
    wasHealthy: false,
    ports: [],
    probePort: undefined,
    stopGrace: 10,
  };
}

function targetOf({ digest: text, image }: RolloutLabel): Target {
  const digest = parseDigest(text ?? '');
  // Whether we brought the image is not known any more, so it stays.
  if (digest !== undefined) return { kind: 'offered', digest, pulled: false };
  return image === undefined ? { kind: 'same' } : { kind: 'kept', image, digest: undefined };
}

function policyOf({ restart }: RolloutLabel): RestartPolicy {
  return { Name: restart.name, MaximumRetryCount: restart.retries };
}
