import type { Spec } from '../container/carry-over.ts';
import { successorName } from '../container/names.ts';
import type { NetworkAttachment } from '../container/network-carry.ts';
import type { Blueprint } from './plan-make.ts';
import { planCompare } from './plan-make.ts';
import type { Rollout } from './rollout.ts';
import type { Step } from './step.ts';
import type { Takeover } from './takeover.ts';
import { verifyCause } from './verify-cause.ts';

/** The same, on the same networks, but not found there by anybody who looks for the old one. */
export function unheard(spec: Spec): Spec {
  return {
    ...spec,
    primary: spec.primary && withoutAliases(spec.primary),
    others: spec.others.map(withoutAliases),
  };
}

function withoutAliases({ network, endpoint }: NetworkAttachment): NetworkAttachment {
  const { Aliases: _, ...rest } = endpoint;
  return { network, endpoint: rest };
}

/**
 * Starts a successor that was made `unheard`, has it proven, and only then lets it be found as the old one is. Names
 * are switched and the old one is stopped after that: see planSettle.
 * @param blueprint what it is to be in the end
 */
export function planStartFirst(
  rollout: Rollout,
  { member, demand }: Takeover,
  blueprint: Blueprint,
): readonly Step[] {
  const { spec } = blueprint;
  const base = { subject: member.name, container: successorName(member.name, rollout.id) };
  const heard = (spec.primary === undefined ? spec.others : [spec.primary, ...spec.others]).filter(
    ({ endpoint }) => 'Aliases' in endpoint,
  );
  const verify: Step = { kind: 'verify', ...base, demand, cause: verifyCause(demand) };
  return [
    { kind: 'start', ...base, cause: 'beside the old one, which goes on serving; nobody finds this one yet' },
    verify,
    ...heard.flatMap(({ network, endpoint }): Step[] => [
      { kind: 'disconnect', ...base, network, cause: 'the engine gives aliases only to one that joins' },
      { kind: 'connect', ...base, network, endpoint, cause: 'proven, it may be found as the old one is' },
    ]),
    ...(heard.length === 0
      ? []
      : [
          planCompare(blueprint, base),
          // It did well until its connections were cut.
          { ...verify, blame: 'environment', cause: 'it has other addresses now' } as const,
        ]),
  ];
}
