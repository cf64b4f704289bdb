import type { LabelWishes } from '../container/labels.ts';
import type { HealthDemand, Probe } from './health-demand.ts';
import type { VerifyPolicy } from './signature-demand.ts';

/** What the settings say of all containers. Times in milliseconds unless said otherwise. */
export interface Policy {
  /** Which containers are watched beside those labelled `refreshd.enable=true`. */
  readonly watch: 'stack' | 'labelled' | 'all';
  readonly healthTimeout: number;
  readonly stableFor: number;
  /** How many old images of each container are kept for a rollback. */
  readonly keepImages: number;
  /** The signature that images must have, where no label says otherwise. */
  readonly signature: VerifyPolicy;
  /** How long we must have known a digest before it is taken; 0 takes it at once. */
  readonly minAge: number;
  /** What is done where a registry goes back to an image that ran here before. */
  readonly downgrade: 'follow' | 'refuse';
  /** After how long without a new digest that is pointed out; 0 is never. */
  readonly staleAfter: number;
  /** Seconds that every container gets to stop; undefined leaves it to each container's own. */
  readonly stopGrace: number | undefined;
}

/** The path that is asked where no label names one. */
export const DEFAULT_HEALTH_PATH = '/health';
/** The engine's default, in seconds, for a container that names none (Docker Engine API, ContainerStop). */
const ENGINE_STOP_GRACE = 10;
/** "For ever" (-1) is not waited for longer than this many seconds. */
const STOP_GRACE_FOR_EVER = 600;
/** And nobody's longer than this: a day, in seconds. */
const LONGEST_STOP_GRACE = 86_400;

/** How long a container gets to stop, in seconds. */
export function stopGrace(policy: Policy, own: number | null | undefined): number {
  const grace = policy.stopGrace ?? own ?? ENGINE_STOP_GRACE;
  return grace < 0 ? STOP_GRACE_FOR_EVER : Math.min(grace, LONGEST_STOP_GRACE);
}

/**
 * The probe that labels ask for, or the port that was found to answer.
 * @param foundPort a container port that answered `/health` before the update, if any
 */
export function probeFor(wishes: LabelWishes, foundPort: number | undefined): Probe | undefined {
  if (wishes.healthUrl !== undefined) return { at: 'url', url: wishes.healthUrl };
  const port = wishes.healthPort ?? foundPort;
  return port === undefined
    ? undefined
    : { at: 'port', port, path: wishes.healthPath ?? DEFAULT_HEALTH_PATH };
}

/** What a container must show, by its labels and the settings. */
export function healthDemand(
  policy: Policy,
  wishes: LabelWishes,
  of: Pick<HealthDemand, 'image' | 'probe' | 'ports' | 'mustBeHealthy' | 'vanishes'>,
): HealthDemand {
  return {
    ...of,
    timeout: wishes.healthTimeout ?? policy.healthTimeout,
    stableFor: wishes.stableFor ?? policy.stableFor,
  };
}
