import { inspectedContainerShape, type RestartPolicy } from '../../src/container/inspected.ts';
import type { Digest } from '../../src/image/digest.ts';
import type { HealthDemand } from '../../src/plan/health-demand.ts';
import type {
  ObservedContainer,
  ObservedMember,
  ObservedRollout,
  Predecessor,
} from '../../src/plan/observed.ts';
import { renderStep } from '../../src/plan/render-plan.ts';
import type { Member, Rollout } from '../../src/plan/rollout.ts';
import type { Step } from '../../src/plan/step.ts';

/** Ids and digests of one letter each, so that plans read easily. */
export const idOf = (letter: string): string => letter.repeat(64);
export const digestOf = (letter: string): Digest => `sha256:${letter.repeat(64)}` as Digest;
export const policy = (Name: string, MaximumRetryCount = 0): RestartPolicy => ({ Name, MaximumRetryCount });

export const OLD = idOf('a');
export const NEW = idOf('b');
export const OLD_IMAGE = digestOf('1');
export const NEW_IMAGE = digestOf('2');
export const OFFERED = digestOf('d');

export const DEMAND: HealthDemand = {
  probe: undefined,
  ports: [],
  timeout: 60_000,
  stableFor: 30_000,
  image: OLD_IMAGE,
  mustBeHealthy: true,
  vanishes: false,
};

/** `web`, running, to be taken from one image to another that we pulled. */
export function member(over: Partial<Member> = {}): Member {
  return {
    name: 'web',
    predecessor: OLD,
    reference: 'registry.test/web:1',
    fromImage: OLD_IMAGE,
    fromDigest: digestOf('c'),
    target: { kind: 'offered', digest: OFFERED, pulled: true },
    restart: policy('unless-stopped'),
    running: true,
    vanishes: false,
    startedAt: undefined,
    wasHealthy: true,
    ports: ['8080/tcp'],
    probePort: 8080,
    stopGrace: 10,
    ...over,
  };
}

/** A member that is only made anew, because it depends on the first. */
export function follower(over: Partial<Member> = {}): Member {
  return member({
    name: 'sidecar',
    predecessor: idOf('e'),
    reference: 'registry.test/sidecar:1',
    fromImage: digestOf('3'),
    target: { kind: 'same' },
    restart: policy('always'),
    ...over,
  });
}

export function rollout(...members: Member[]): Rollout {
  return { id: 'r1', home: 'home', members: members.length === 0 ? [member()] : members };
}

/** A container as inspected, as far as every one is. */
export const INSPECTED = inspectedContainerShape.parse({
  Id: OLD,
  Name: '/web',
  Image: OLD_IMAGE,
  State: { Status: 'running', Running: true },
  Config: {},
  HostConfig: {},
  NetworkSettings: {},
});

/** The predecessor as it is before anything happens. */
export function oldOne(over: Partial<Predecessor> = {}): Predecessor {
  return {
    id: OLD,
    name: 'web',
    image: OLD_IMAGE,
    running: true,
    restart: policy('unless-stopped'),
    startedAt: undefined,
    lostNetworks: [],
    ...over,
  };
}

/** The successor as it is when it was just made. */
export function newOne(over: Partial<ObservedContainer> = {}): ObservedContainer {
  return {
    id: NEW,
    name: 'web.refreshd-r1.new',
    image: NEW_IMAGE,
    running: false,
    restart: policy('no'),
    startedAt: undefined,
    ...over,
  };
}

/** What is seen of a member; by default nothing of the rollout is on the host. */
export function seen(over: Partial<ObservedMember> = {}): ObservedMember {
  const { predecessor = undefined, successor = undefined } = over;
  return {
    predecessor,
    successor,
    preflight: undefined,
    standIn: undefined,
    nameHolder: [predecessor, successor].find(each => each?.name === 'web')?.id,
    taggedImage: OLD_IMAGE,
    oldImageIsHere: true,
    isKept: true,
    freshVolumes: [],
    newImage: undefined,
    newImageUsedElsewhere: false,
    demand: DEMAND,
    ...over,
  };
}

export function observed(web: ObservedMember, sidecar?: ObservedMember): ObservedRollout {
  return new Map([['web', web], ...(sidecar === undefined ? [] : [['sidecar', sidecar] as const])]);
}

/** A plan as a person reads it. */
export function lines(steps: readonly Step[]): string[] {
  return steps.map(renderStep);
}
