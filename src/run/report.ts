import type { Digest } from '../image/digest.ts';
import { leader, type Member } from '../plan/rollout.ts';
import type { Step } from '../plan/step.ts';
import { MOST_ATTEMPTS } from '../rollout/recover.ts';
import type { RolloutEnd } from '../rollout/rollout-end.ts';
import type { ResolvedContainer } from './resolved-container.ts';

/** What came of one container. `outdated` only where nothing was to be changed. */
export type Outcome =
  | 'current'
  | 'outdated'
  | 'updated'
  | 'rolled-back'
  | 'failed'
  | 'rollback-failed'
  | 'skipped'
  | 'unresolved'
  | 'pinned'
  | 'rejected';

export interface ContainerReport {
  readonly name: string;
  readonly reference: string;
  readonly outcome: Outcome;
  readonly from: Digest | undefined;
  readonly to: Digest | undefined;
  /** Why, where the outcome does not say it all. One sentence, without a full stop. */
  readonly reason: string | undefined;
  /** Whose signature the offered image has, where one is required and was looked for. */
  readonly signedBy: string | undefined;
  /** What is pointed out beside the outcome, each in a sentence without a full stop. */
  readonly notes: readonly string[];
  /** Whether it was a rollback that a person asked for. */
  readonly asked: boolean;
  /** Whether what was offered was written down as not to be tried again. */
  readonly rejected: boolean;
  /** Whether no container of that name is left of the one that was to be replaced. */
  readonly gone: boolean;
  /** Milliseconds; undefined where the service was never down, or nobody saw it. */
  readonly downtime: number | undefined;
  /** What would be done, where that was asked for. */
  readonly steps: readonly Step[];
}

/** What came of a run: returned, logged and printed. Times in milliseconds since 1970. */
export interface RunReport {
  readonly startedAt: number;
  readonly endedAt: number;
  /** Its length by the clock that only grows: the other may jump meanwhile. */
  readonly took: number;
  /** Rollouts of earlier runs that were brought to an end first. */
  readonly recovered: readonly ContainerReport[];
  readonly containers: readonly ContainerReport[];
  /** Requests for manifests that registries were sent. */
  readonly registryRequests: number;
  /** Whether it was told to leave before it was through. */
  readonly interrupted: boolean;
}

/** What a verdict means for a container that nothing is done about. */
export function reportVerdict(
  { container, verdict }: ResolvedContainer,
  steps: readonly Step[] = [],
): ContainerReport {
  return {
    name: container.name,
    reference: container.reference,
    outcome: verdict.kind,
    from: verdict.kind === 'failed' ? verdict.running : undefined,
    to: 'digest' in verdict ? verdict.digest : undefined,
    reason: 'reason' in verdict ? verdict.reason : undefined,
    signedBy: verdict.kind === 'outdated' ? verdict.signedBy : undefined,
    notes: [],
    asked: false,
    rejected: false,
    gone: false,
    downtime: undefined,
    steps,
  };
}

export function byName(reports: readonly ContainerReport[]): readonly ContainerReport[] {
  return reports.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** How a rollout ended, for each of its containers. */
export function reportEnd(end: RolloutEnd): readonly ContainerReport[] {
  const [first] = end.rollout.members;
  return end.rollout.members.map(member => ({
    name: member.name,
    reference: member.reference,
    outcome: end.outcome,
    ...digestsOf(member, end.outcome),
    reason:
      wordsFor(end) ??
      (member.target.kind === 'same' && first !== undefined
        ? `made anew along with ${first.name}`
        : undefined),
    signedBy: undefined,
    notes: [],
    asked: end.rollout.members.some(({ target }) => target.kind === 'kept'),
    rejected: end.rejected,
    gone: end.gone,
    downtime: end.downtime,
    steps: [],
  }));
}

/** Of a rollback, whoever asked for it, `from` is what runs again; of one that failed, what still runs. */
function digestsOf(
  { target, fromDigest }: Member,
  outcome: Outcome,
): { from: Digest | undefined; to: Digest | undefined } {
  switch (target.kind) {
    case 'offered':
      return { from: fromDigest, to: target.digest };
    case 'kept':
      return outcome === 'failed'
        ? { from: fromDigest, to: target.digest }
        : { from: target.digest, to: fromDigest };
    case 'same':
      return { from: fromDigest, to: undefined };
    default:
      return target satisfies never;
  }
}

function wordsFor(end: RolloutEnd): string | undefined {
  if (end.outcome !== 'rollback-failed' || !end.open) return end.reason;
  const { name } = leader(end.rollout);
  const commands = end.byHand.length > 0 ? end.byHand : [`docker ps -a --filter name=${name}`];
  return `${end.reason ?? 'going back failed'} (attempt ${end.attempts} of ${MOST_ATTEMPTS}). By hand: ${commands.join(' && ')}; then: refreshd recover`;
}

/** Whether a rollout is still open, and recovery has attempts left before a person is needed. */
export function isTriedAgain({ open, attempts }: RolloutEnd): boolean {
  return open && attempts < MOST_ATTEMPTS;
}

/** The exit code that says of several outcomes the worst. */
export function exitCodeForAll(reports: readonly ContainerReport[]): 0 | 1 | 3 | 10 {
  const outcomes = new Set(reports.map(({ outcome }) => outcome));
  if (outcomes.has('rollback-failed')) return 3;
  if (outcomes.has('failed') || outcomes.has('rolled-back') || outcomes.has('unresolved')) return 1;
  return outcomes.has('outdated') ? 10 : 0;
}

/** The exit code of a run. */
export function exitCodeFor(report: RunReport): 0 | 1 | 3 | 10 {
  return exitCodeForAll([...report.recovered, ...report.containers]);
}
