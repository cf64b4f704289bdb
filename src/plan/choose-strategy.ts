import type { Spec } from '../container/carry-over.ts';
import { obstacleToCopy, obstacleToTwin } from '../container/copy-obstacle.ts';
import type { LabelWishes } from '../container/labels.ts';
import { preflightSpec, type ReachedAt } from '../container/preflight-spec.ts';
import type { HealthDemand, Probe } from './health-demand.ts';
import type { Member } from './rollout.ts';

/** How a container is replaced. */
export type Strategy =
  /** The old one is stopped, then the new one is started. */
  | { readonly kind: 'replace' }
  /** The same, once the new image was proven in a copy beside the old one. */
  | { readonly kind: 'preflight'; readonly spec: Spec; readonly demand: HealthDemand }
  /** The new one is started and proven while the old one serves, which is stopped then. */
  | { readonly kind: 'start-first' };

/** What the user wants of it, and what it is. */
export interface Wanted {
  readonly wishes: Pick<LabelWishes, 'preflight' | 'strategy'>;
  readonly member: Pick<Member, 'running' | 'target'>;
  readonly spec: Spec;
  /** What the new one must show in the end. */
  readonly demand: HealthDemand;
  /** What ties it to another of the set: `uses the network of gateway`. */
  readonly follows: string | undefined;
  /** Whether it is replaced without any other. */
  readonly isAlone: boolean;
  /** Where published ports are reached: `127.0.0.1`, or the engine's host. */
  readonly engineAddress: string;
}

/** A strategy, and where the user wants another that is not possible, why not: a sentence without a full stop. */
export interface Choice {
  readonly strategy: Strategy;
  readonly notice: string | undefined;
}

const REPLACE: Strategy = { kind: 'replace' };

/** Chooses how a container is replaced: as its labels say, as far as it can be. */
export function chooseStrategy(wanted: Wanted): Choice {
  const { wishes, member, spec, demand } = wanted;
  if (!member.running) return { strategy: REPLACE, notice: undefined };
  const notices: string[] = [];
  const isTwinWanted = wishes.strategy === 'start-first' && member.target.kind !== 'same';
  const noTwin = whyNoTwin(wanted);
  if (isTwinWanted && noTwin === undefined) return { strategy: { kind: 'start-first' }, notice: undefined };
  if (isTwinWanted) notices.push(`its successor is not started first, since ${noTwin}`);

  const isTrialWanted = wishes.preflight === true && member.target.kind === 'offered';
  const noTrial = whyNoTrial(wanted);
  if (isTrialWanted && noTrial !== undefined) notices.push(`no preflight, since ${noTrial}`);
  const notice = notices.length === 0 ? undefined : notices.join('; ');
  if (!isTrialWanted || noTrial !== undefined) return { strategy: REPLACE, notice };
  const reachedAt = outsidePort(wanted);
  return {
    strategy: {
      kind: 'preflight',
      spec: preflightSpec(spec, reachedAt),
      demand: { ...demand, ports: reachedAt === undefined ? [] : [reachedAt.port], vanishes: false },
    },
    notice,
  };
}

function whyNoTwin({ spec, demand, isAlone }: Wanted): string | undefined {
  return isAlone ? (obstacleToTwin(spec) ?? asksElsewhere(demand.probe)) : 'others are tied to it';
}

function whyNoTrial({ spec, demand, follows }: Wanted): string | undefined {
  return follows === undefined ? (obstacleToCopy(spec) ?? asksElsewhere(demand.probe)) : `it ${follows}`;
}

/** A whole address leads to whichever container is there by then. */
function asksElsewhere(probe: Probe | undefined): string | undefined {
  return probe?.at === 'url'
    ? 'label refreshd.health.url names an address where the old one answers'
    : undefined;
}

/** Whoever reached the old one by a port of the host may have no other way. */
function outsidePort({ spec, demand: { probe }, engineAddress }: Wanted): ReachedAt | undefined {
  if (probe?.at !== 'port') return undefined;
  const port = `${probe.port}/tcp`;
  const published = (spec.host['PortBindings'] ?? {}) as Readonly<Record<string, readonly Bound[] | null>>;
  if (!(port in published) && spec.host['PublishAllPorts'] !== true) return undefined;
  // An engine elsewhere is not reached at its loopback: there it has to be where the old one is.
  const own = published[port]?.[0]?.HostIp ?? '';
  return { port, address: engineAddress === LOOPBACK ? LOOPBACK : own };
}

type Bound = { readonly HostIp?: string | null };
const LOOPBACK = '127.0.0.1';
