import type { ReadLabels } from '../container/labels.ts';
import { parseRolloutName } from '../container/names.ts';
import { foreignOwner } from '../container/ownership.ts';
import type { Policy } from './policy.ts';

/** What is known of a container when it is decided whether it is watched. */
export interface Candidate {
  readonly name: string;
  /** All its labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** Those that the user set, read. */
  readonly wishes: ReadLabels['wishes'];
  /** The folder of the compose file that it comes from, links resolved. */
  readonly folder: string | undefined;
  /** Why it is left alone on refreshd's own account, if it is. */
  readonly own: string | undefined;
  /** `running`, `exited`, `created`, `paused`, `restarting`, `removing`, `dead`. */
  readonly state: string;
}

export type Selection =
  | { readonly kind: 'watched' }
  | { readonly kind: 'unwatched' }
  | { readonly kind: 'skipped'; readonly reason: string };

const NOT_NOW: Readonly<Record<string, string>> = {
  paused: 'paused: it would lose what it holds in memory',
  removing: 'being removed',
  dead: 'dead: the engine could not remove it',
};

/** Why a container in that state is left alone for now; undefined if it need not be. */
export function notNow(state: string): string | undefined {
  return NOT_NOW[state];
}

/**
 * Whether a container is watched: because the user says so by label, or because the settings cover it.
 * @param home the folder of the compose file that `stack` means, links resolved
 */
export function select(candidate: Candidate, policy: Policy, home: string): Selection {
  if (parseRolloutName(candidate.name) !== undefined) return { kind: 'unwatched' };
  if (!isCovered(candidate, policy, home)) return { kind: 'unwatched' };
  const reason = candidate.own ?? foreignOwner(candidate.labels) ?? notNow(candidate.state);
  return reason === undefined ? { kind: 'watched' } : { kind: 'skipped', reason };
}

function isCovered({ wishes, folder }: Candidate, policy: Policy, home: string): boolean {
  if (wishes.enable !== undefined) return wishes.enable;
  if (policy.watch === 'all') return true;
  return policy.watch === 'stack' && folder === home;
}
