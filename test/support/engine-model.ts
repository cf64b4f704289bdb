import type { Spec } from '../../src/container/carry-over.ts';
import { inspectedImageShape, type RestartPolicy } from '../../src/container/inspected.ts';
import { parseRolloutLabel, ROLLOUT_LABEL, type RolloutLabel } from '../../src/container/rollout-label.ts';
import { keptReference } from '../../src/image/kept-reference.ts';
import { familiarName, nameByDigest, parseReference, type Reference } from '../../src/image/reference.ts';
import type { ObservedContainer, ObservedRollout, StandIn } from '../../src/plan/observed.ts';
import { removedWhenStopped } from '../../src/plan/plan-make.ts';
import { planPreflight } from '../../src/plan/plan-preflight.ts';
import { planArm, planPrepare, planPull, planSwitch } from '../../src/plan/plan-update.ts';
import type { Member, Rollout } from '../../src/plan/rollout.ts';
import type { Step } from '../../src/plan/step.ts';
import type { ReadyTakeover } from '../../src/plan/takeover.ts';
import { DEMAND, INSPECTED, policy } from './rollout-samples.ts';

// A tiny engine as data. It refuses what a real one refuses, so that a plan that cannot be carried out fails.

export interface ModelContainer extends ObservedContainer {
  readonly image: string;
  /** The member whose successor it is. */
  readonly successorOf?: string;
  /** The member that it stands in for, or that it was made to be again. */
  readonly standsInFor?: string;
  readonly restores?: string;
  /** The member whose new image is tried in it. */
  readonly triesFor?: string;
  /** Whether the engine removes it when it stops (`--rm`). */
  readonly vanishes?: boolean;
}

export interface Model {
  readonly containers: readonly ModelContainer[];
  /** Image ids by the names (by tag and by digest) that they have on the host. */
  readonly names: Readonly<Record<string, string>>;
  /** Whether nobody publishes a port of the host, so that two of a kind may run. */
  readonly isPortless?: boolean;
}

const EMPTY: Spec = { config: {}, host: {}, primary: undefined, others: [] };
const TRAITS = { hostname: '', logDriver: '', apiVersion: '1.44' };

export const oldImage = (member: Member) => member.fromImage;
export const newImage = (member: Member) =>
  member.target.kind === 'same' ? member.fromImage : `new ${member.name}`;
export const successorId = (name: string) => `new-${name}`;
const referenceOf = (member: Member): Reference => {
  const reference = parseReference(member.reference);
  if (reference === undefined) throw new Error(`${member.reference} is no reference`);
  return reference;
};
export const tagOf = (member: Member) => familiarName(referenceOf(member));
export const nameOfNewImage = (member: Member) =>
  member.target.kind === 'offered' ? nameByDigest(referenceOf(member), member.target.digest) : tagOf(member);

function refuse(why: string): never {
  throw new Error(`the engine refuses: ${why}`);
}

/** What the engine has after one step. */
function apply(step: Step, model: Model, of: Rollout): Model {
  const { containers, names } = model;
  const member = of.members.find(({ name }) => name === step.subject) ?? refuse(`no member ${step.subject}`);
  const find = (given: string) =>
    containers.find(({ id, name }) => id === given || name === given) ?? refuse(`no container ${given}`);
  const change = (given: string, to: Partial<ModelContainer>): Model => {
    const { id } = find(given);
    return { ...model, containers: containers.map(each => (each.id === id ? { ...each, ...to } : each)) };
  };
  const free = (name: string) => containers.every(each => each.name !== name) || refuse(`${name} is taken`);
  const image = (given: string) =>
    names[given] ?? Object.values(names).find(each => each === given) ?? refuse(`no image ${given}`);
  switch (step.kind) {
    case 'pull':
      return { ...model, names: { ...names, [nameByDigest(step.reference, step.digest)]: newImage(member) } };
    case 'tag':
      return { ...model, names: { ...names, [familiarName(step.reference)]: image(step.image) } };
    case 'create': {
      free(step.name);
      return { ...model, containers: [...containers, made(step, image(String(step.body['Image'])))] };
    }
    case 'restart-policy':
      return change(step.container, { restart: step.policy });
    case 'stop': {
      const { id, vanishes } = find(step.container);
      if (vanishes !== true) return change(step.container, { running: false });
      return { ...model, containers: containers.filter(each => each.id !== id) };
    }
    case 'rename':
      free(step.to);
      return change(step.container, { name: step.to });
    case 'start': {
      const name = step.subject;
      const starting = find(step.container);
      const other = containers.find(
        each => each.running && each.id !== starting.id && sharesPorts(each, name, of),
      );
      if (model.isPortless !== true && other !== undefined && sharesPorts(starting, name, of))
        refuse(`port is already allocated by ${other.id}`);
      return change(step.container, { running: true, startedAt: 'by us' });
    }
    case 'compare':
    case 'connect':
    case 'disconnect':
    case 'verify':
      if (step.kind === 'verify' && !find(step.container).running) refuse(`${step.container} does not run`);
      return change(step.container, {});
    case 'remove':
      return without(step.container, model, member);
    case 'remove-volume':
      return model;
    case 'remove-image': {
      const id = image(step.image);
      const { [step.image]: _, ...others } = names;
      const isLast = !Object.values(others).includes(id);
      if (isLast && containers.some(each => each.image === id)) refuse(`${id} is in use`);
      return { ...model, names: others };
    }
    default:
      return step satisfies never;
  }
}

/** What the engine removes when it stops may be gone already. */
function without(given: string, model: Model, { vanishes }: Member): Model {
  const container = model.containers.find(({ id, name }) => id === given || name === given);
  if (container === undefined && !vanishes) refuse(`no container ${given}`);
  if (container?.running) refuse(`${given} is running`);
  return { ...model, containers: model.containers.filter(each => each !== container) };
}

/** The container that a step makes. */
function made(step: Extract<Step, { kind: 'create' }>, image: string): ModelContainer {
  const { RestartPolicy: restart, AutoRemove: vanishes = false } = step.body['HostConfig'] as {
    RestartPolicy: RestartPolicy;
    AutoRemove?: boolean;
  };
  const labels = step.body['Labels'] as Record<string, string>;
  const role = parseRolloutLabel(labels[ROLLOUT_LABEL])?.role ?? refuse('a container of nobody');
  const { subject } = step;
  const ROLES: Record<RolloutLabel['role'], Pick<ModelContainer, 'id'> & Partial<ModelContainer>> = {
    successor: { id: successorId(subject), successorOf: subject },
    'stand-in': { id: `copy-${subject}`, standsInFor: subject },
    restored: { id: restoredId(subject), restores: subject },
    preflight: { id: `try-${subject}`, triesFor: subject },
  };
  return { name: step.name, running: false, restart, vanishes, image, startedAt: undefined, ...ROLES[role] };
}

export const restoredId = (name: string): string => `restored-${name}`;

/** All containers of one member publish the same ports. */
export function sharesPorts(container: ModelContainer, memberName: string, of: Rollout): boolean {
  const member = of.members.find(({ name }) => name === memberName);
  const { successorOf, restores, id } = container;
  return successorOf === memberName || restores === memberName || id === member?.predecessor;
}

export const applyAll = (steps: readonly Step[], model: Model, of: Rollout) =>
  steps.reduce((before, step) => apply(step, before, of), model);

export function observe({ containers, names }: Model, of: Rollout): ObservedRollout {
  const look = (member: Member) => {
    const predecessor =
      containers.find(({ id }) => id === member.predecessor) ??
      containers.find(({ restores }) => restores === member.name);
    const copy = containers.find(({ standsInFor }) => standsInFor === member.name);
    const successor = containers.find(({ successorOf }) => successorOf === member.name);
    const preflight = containers.find(({ triesFor }) => triesFor === member.name);
    const image = names[nameOfNewImage(member)];
    return {
      predecessor: predecessor && { ...predecessor, lostNetworks: [] },
      successor,
      preflight,
      standIn: copy === undefined ? undefined : standInOf(copy, member),
      nameHolder: containers.find(({ name }) => name === member.name)?.id,
      taggedImage: names[tagOf(member)],
      oldImageIsHere: true,
      isKept: familiarName(keptReference(member.name, of.id)) in names,
      freshVolumes: [],
      newImage: image,
      newImageUsedElsewhere: containers.some(
        each => ![predecessor, successor, copy, preflight].includes(each) && each.image === image,
      ),
      demand: DEMAND,
    };
  };
  return new Map(of.members.map(member => [member.name, look(member)]));
}

function standInOf(copy: ModelContainer, member: Member): StandIn {
  const image = inspectedImageShape.parse({ Id: oldImage(member) });
  const spec = removedWhenStopped(EMPTY, true);
  return {
    ...copy,
    blueprint: { spec, image, userSet: new Set(), traits: TRAITS, platform: undefined },
  };
}

/**
 * Everything goes down at once; when the engine is back it starts what its restart policies say, and removes what it
 * removes when it stops.
 */
export function cutPower(model: Model): Model {
  const boots = ({ restart: { Name }, running }: ModelContainer) =>
    Name === 'always' || (running && (Name === 'unless-stopped' || Name === 'on-failure'));
  const left = model.containers.filter(({ vanishes }) => vanishes !== true);
  return { ...model, containers: left.map(each => ({ ...each, running: boots(each) })) };
}

export const bystander = (image: string): ModelContainer => ({
  id: 'bystander',
  name: 'bystander',
  running: true,
  restart: policy('always'),
  startedAt: undefined,
  image,
});

/** The engine before the rollout. */
export function beginning(of: Rollout, isPortless = false): Model {
  const names = of.members.flatMap(member => [
    [tagOf(member), oldImage(member)],
    // The image stays on the host under the digest it was taken by, wherever its tag goes.
    [`${member.name}-kept`, oldImage(member)],
    ...(member.target.kind === 'offered' && !member.target.pulled
      ? [[nameOfNewImage(member), newImage(member)]]
      : []),
  ]);
  const containers = of.members.map(
    (member): ModelContainer => ({ ...member, id: member.predecessor, image: oldImage(member) }),
  );
  return { containers: [...containers, bystander('other')], names: Object.fromEntries(names), isPortless };
}

const STRATEGIES = {
  replace: { kind: 'replace' },
  preflight: { kind: 'preflight', spec: EMPTY, demand: DEMAND },
  'start-first': { kind: 'start-first' },
} as const;

/** The steps of a rollout that goes well, up to commit. @param kind the strategy of the first of its members */
export function forward(
  of: Rollout,
  kind: keyof typeof STRATEGIES = 'replace',
): {
  readonly prepare: readonly Step[];
  readonly change: readonly Step[];
} {
  const takeovers = of.members.map(
    (member, place): ReadyTakeover => ({
      member,
      strategy: place === 0 && member.running ? STRATEGIES[kind] : STRATEGIES.replace,
      notice: undefined,
      seen: INSPECTED,
      oldImage: inspectedImageShape.parse({ Id: oldImage(member) }),
      reference: referenceOf(member),
      platform: undefined,
      follows: undefined,
      spec: member.vanishes ? removedWhenStopped(EMPTY, true) : EMPTY,
      traits: TRAITS,
      demand: DEMAND,
      image: inspectedImageShape.parse({ Id: newImage(member) }),
    }),
  );
  const replacements = of.members.map(({ name, predecessor }) => ({
    old: { id: predecessor, name },
    new: { id: successorId(name), name },
  }));
  return {
    prepare: [
      ...takeovers.flatMap(planPull),
      ...takeovers.flatMap(each => planPreflight(of, each, { image: each.image, cause: '' })),
      ...takeovers.flatMap(takeover => planPrepare(of, takeover, replacements)),
      ...planArm(takeovers),
    ],
    change: planSwitch(of, takeovers, replacements),
  };
}
