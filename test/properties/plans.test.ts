import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inspectedImageShape, type RestartPolicy } from '../../src/container/inspected.ts';
import { parseRolloutName, predecessorName, successorName } from '../../src/container/names.ts';
import { keptReference } from '../../src/image/kept-reference.ts';
import { familiarName, nameByDigest, parseReference, type Reference } from '../../src/image/reference.ts';
import { decideRecovery } from '../../src/plan/decide-recovery.ts';
import type { ObservedContainer, ObservedRollout } from '../../src/plan/observed.ts';
import { planSettle } from '../../src/plan/plan-settle.ts';
import { planUndo, samePolicy } from '../../src/plan/plan-undo.ts';
import { planArm, planPrepare, planPull, planSwitch } from '../../src/plan/plan-update.ts';
import { renderStep } from '../../src/plan/render-plan.ts';
import type { Member, Phase, Rollout } from '../../src/plan/rollout.ts';
import type { Step } from '../../src/plan/step.ts';
import type { ReadyTakeover } from '../../src/plan/takeover.ts';
import { DEMAND, digestOf, INSPECTED, idOf, policy, rollout } from '../support/rollout-samples.ts';

// A tiny engine as data. It refuses what a real one refuses, so that a plan that cannot be carried out fails.

interface ModelContainer extends ObservedContainer {
  readonly image: string;
  /** The member whose successor it is. */
  readonly successorOf?: string;
}

interface Model {
  readonly containers: readonly ModelContainer[];
  /** Image ids by the names (by tag and by digest) that they have on the host. */
  readonly names: Readonly<Record<string, string>>;
}

const oldImage = (member: Member) => member.fromImage;
const newImage = (member: Member) =>
  member.target.kind === 'same' ? member.fromImage : `new ${member.name}`;
const successorId = (name: string) => `new-${name}`;
const referenceOf = (member: Member): Reference => {
  const reference = parseReference(member.reference);
  if (reference === undefined) throw new Error(`${member.reference} is no reference`);
  return reference;
};
const tagOf = (member: Member) => familiarName(referenceOf(member));
const nameOfNewImage = (member: Member) =>
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
      const { RestartPolicy: restart } = step.body['HostConfig'] as { RestartPolicy: RestartPolicy };
      const made = {
        id: successorId(step.subject),
        name: step.name,
        running: false,
        restart,
        image: image(tagOf(member)),
        startedAt: undefined,
        successorOf: step.subject,
      };
      return { ...model, containers: [...containers, made] };
    }
    case 'restart-policy':
      return change(step.container, { restart: step.policy });
    case 'stop':
      return change(step.container, { running: false });
    case 'rename':
      free(step.to);
      return change(step.container, { name: step.to });
    case 'start': {
      const name = find(step.container).successorOf ?? step.subject;
      const other = containers.find(
        each => each.running && each.id !== find(step.container).id && sharesPorts(each, name, of),
      );
      if (other !== undefined) refuse(`port is already allocated by ${other.id}`);
      return change(step.container, { running: true });
    }
    case 'compare':
    case 'connect':
    case 'verify':
      if (step.kind === 'verify' && !find(step.container).running) refuse(`${step.container} does not run`);
      return change(step.container, {});
    case 'remove': {
      const { id, running } = find(step.container);
      if (running) refuse(`${id} is running`);
      return { ...model, containers: containers.filter(each => each.id !== id) };
    }
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

/** The old and the new container of one member publish the same ports. */
function sharesPorts(container: ModelContainer, memberName: string, of: Rollout): boolean {
  const member = of.members.find(({ name }) => name === memberName);
  return container.successorOf === memberName || container.id === member?.predecessor;
}

const applyAll = (steps: readonly Step[], model: Model, of: Rollout) =>
  steps.reduce((before, step) => apply(step, before, of), model);

function observe({ containers, names }: Model, of: Rollout): ObservedRollout {
  const look = (member: Member) => {
    const predecessor = containers.find(({ id }) => id === member.predecessor);
    const successor = containers.find(({ successorOf }) => successorOf === member.name);
    const image = names[nameOfNewImage(member)];
    return {
      predecessor,
      successor,
      nameHolder: containers.find(({ name }) => name === member.name)?.id,
      taggedImage: names[tagOf(member)],
      oldImageIsHere: true,
      isKept: familiarName(keptReference(member.name, of.id)) in names,
      freshVolumes: [],
      newImage: image,
      newImageUsedElsewhere: containers.some(
        each => each !== predecessor && each !== successor && each.image === image,
      ),
      demand: DEMAND,
    };
  };
  return new Map(of.members.map(member => [member.name, look(member)]));
}

/** Everything goes down at once; when the engine is back it starts what its restart policies say. */
function cutPower(model: Model): Model {
  const boots = ({ restart: { Name }, running }: ModelContainer) =>
    Name === 'always' || (running && (Name === 'unless-stopped' || Name === 'on-failure'));
  return { ...model, containers: model.containers.map(each => ({ ...each, running: boots(each) })) };
}

// Rollouts, with the model that they begin on.

const restartPolicies = fc.constantFrom(
  policy('no'),
  policy(''),
  policy('always'),
  policy('unless-stopped'),
  policy('on-failure', 3),
);

const members = fc
  .tuple(
    fc.boolean(),
    fc.array(fc.record({ restart: restartPolicies, running: fc.boolean() }), { minLength: 1, maxLength: 3 }),
  )
  .map(([pulled, shapes]) =>
    shapes.map(
      (shape, index): Member => ({
        ...shape,
        name: `c${index}`,
        predecessor: idOf(String(index)),
        reference: `registry.test/c${index}:1`,
        fromImage: `old c${index}`,
        fromDigest: undefined,
        target: index === 0 ? { kind: 'offered', digest: digestOf('d'), pulled } : { kind: 'same' },
        startedAt: undefined,
        wasHealthy: true,
        ports: [],
        probePort: undefined,
        stopGrace: 10,
      }),
    ),
  );
const rollouts = members.map(all => rollout(...all));

const bystander = (image: string): ModelContainer => ({
  id: 'bystander',
  name: 'bystander',
  running: true,
  restart: policy('always'),
  startedAt: undefined,
  image,
});

function beginning(of: Rollout): Model {
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
  return { containers: [...containers, bystander('other')], names: Object.fromEntries(names) };
}

function forward(of: Rollout): { readonly prepare: readonly Step[]; readonly change: readonly Step[] } {
  const takeovers = of.members.map(
    (member): ReadyTakeover => ({
      member,
      seen: INSPECTED,
      reference: referenceOf(member),
      platform: undefined,
      follows: undefined,
      spec: { config: {}, host: {}, primary: undefined, others: [] },
      traits: { hostname: '', logDriver: '', apiVersion: '1.44' },
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
      ...takeovers.flatMap(takeover => planPrepare(of, takeover, replacements)),
      ...planArm(takeovers),
    ],
    change: planSwitch(of, takeovers, replacements),
  };
}

/** Everything is as it was, or everything is new; whole in any case. */
function expectWhole(model: Model, of: Rollout, way: 'back' | 'forward'): void {
  for (const member of of.members) {
    const bearers = model.containers.filter(({ name }) => name === member.name);
    expect(bearers).toMatchObject([
      {
        running: member.running,
        image: way === 'back' ? oldImage(member) : newImage(member),
        ...(way === 'back' ? { id: member.predecessor } : { successorOf: member.name }),
      },
    ]);
    expect(bearers.every(({ restart }) => samePolicy(restart, member.restart))).toBe(true);
    expect(model.names[tagOf(member)]).toBe(way === 'back' ? oldImage(member) : newImage(member));
    if (way === 'back' && member.target.kind === 'offered')
      expect(nameOfNewImage(member) in model.names).toBe(!member.target.pulled);
  }
  expect(model.containers.filter(({ name }) => parseRolloutName(name) !== undefined)).toEqual([]);
  expect(model.containers.filter(({ id }) => id === 'bystander')).toEqual([bystander('other')]);
}

describe('an interrupted rollout', () => {
  /** How far it came, whether the power went then, and how far a first attempt at recovery came. */
  const interruptions = fc.record({
    of: rollouts,
    progress: fc.nat(60),
    power: fc.boolean(),
    firstAttempt: fc.nat(20),
    powerAgain: fc.boolean(),
  });

  /** What is left after some of the steps, and the phase that the journal has by then. */
  function interrupt(of: Rollout, progress: number): { readonly model: Model; readonly phase: Phase } {
    const { prepare, change } = forward(of);
    const steps = [...prepare, ...change];
    const model = applyAll(steps.slice(0, progress), beginning(of), of);
    if (progress > steps.length) return { model, phase: 'committed' };
    return { model, phase: progress < prepare.length ? 'preparing' : 'switching' };
  }

  it('ends whole, back or forward, whenever it was interrupted, be it in recovery', () => {
    const ways = { back: 0, forward: 0 };
    fc.assert(
      fc.property(interruptions, ({ of, progress, power, firstAttempt, powerAgain }) => {
        const { model, phase } = interrupt(of, progress);
        const found = power ? cutPower(model) : model;
        const first = decideRecovery(phase, of, observe(found, of));
        const tried = applyAll(first.steps.slice(0, firstAttempt), found, of);
        const foundAgain = powerAgain ? cutPower(tried) : tried;
        const { way, steps } = decideRecovery(phase, of, observe(foundAgain, of));
        const end = applyAll(steps, foundAgain, of);
        expect(way).toBe(phase === 'committed' ? 'forward' : 'back');
        ways[way] += 1;
        expectWhole(power || powerAgain ? disregardBoot(end, of) : end, of, way);
      }),
      { numRuns: 1000 },
    );
    expect(Math.min(ways.back, ways.forward)).toBeGreaterThan(50);
  });

  /** A container that was stopped, but has the policy `always`, runs after an engine start: not our doing. */
  function disregardBoot(model: Model, of: Rollout): Model {
    const stopped = new Set(of.members.filter(({ running }) => !running).map(({ name }) => name));
    const containers = model.containers.map(each =>
      stopped.has(each.name) ? { ...each, running: false } : each,
    );
    return { ...model, containers };
  }

  it('leaves one of the two to the engine alone, should the power go before it is proven', () => {
    fc.assert(
      fc.property(rollouts, fc.nat(40), (of, progress) => {
        const { prepare, change } = forward(of);
        const model = cutPower(applyAll([...prepare, ...change].slice(0, progress), beginning(of), of));
        for (const { name, running, restart, predecessor } of of.members) {
          if (!running || !['always', 'unless-stopped'].includes(restart.Name)) continue;
          const up = model.containers.filter(each => each.running && sharesPorts(each, name, of));
          expect(up.map(({ id }) => id)).toEqual([predecessor]);
        }
      }),
    );
  });

  it('keeps the one that is left where somebody removed the other', () => {
    const stage = fc.constantFrom('switching', 'committed');
    fc.assert(
      fc.property(rollouts, stage, fc.nat(20), fc.boolean(), (all, phase, progress, removesOld) => {
        const of = rollout(...all.members.slice(0, 1));
        const [member] = of.members;
        if (member === undefined) return;
        const { prepare, change } = forward(of);
        const steps = [...prepare, ...(phase === 'committed' ? change : change.slice(0, progress))];
        const reached = applyAll(steps, beginning(of), of);
        const gone = removesOld ? member.predecessor : successorId(member.name);
        const model = { ...reached, containers: reached.containers.filter(({ id }) => id !== gone) };
        const { way, steps: recovery } = decideRecovery(phase, of, observe(model, of));
        expectWhole(applyAll(recovery, model, of), of, removesOld ? 'forward' : 'back');
        expect(way).toBe(removesOld ? 'forward' : 'back');
      }),
    );
  });
});

describe('a plan that was carried out', () => {
  const container = fc.record({ running: fc.boolean(), restart: restartPolicies });
  const remains = fc.record({
    old: fc.option(container),
    made: fc.option(container),
    /** Who has the name, if it is there. */
    bearer: fc.constantFrom('old', 'made', 'stranger', 'nobody'),
    tag: fc.constantFrom('old', 'new', 'other'),
    hasNewImage: fc.boolean(),
    usedElsewhere: fc.boolean(),
  });
  type Remains = typeof remains extends fc.Arbitrary<infer T> ? T : never;

  function containersLeft(of: Rollout, member: Member, found: Remains): ModelContainer[] {
    const { old, made, bearer, usedElsewhere } = found;
    const { name, predecessor } = member;
    const oldOne = old && {
      ...old,
      id: predecessor,
      name: bearer === 'old' ? name : predecessorName(name, of.id),
      image: oldImage(member),
      startedAt: undefined,
    };
    const newOne = made && {
      ...made,
      id: successorId(name),
      name: bearer === 'made' ? name : successorName(name, of.id),
      // Both publish the same ports.
      running: made.running && !old?.running,
      image: newImage(member),
      startedAt: undefined,
      successorOf: name,
    };
    const stranger = bearer === 'stranger' && { ...bystander('other'), id: `stranger ${name}`, name };
    const user = { ...bystander(newImage(member)), id: `user ${name}`, name: `user-${name}` };
    return [oldOne, newOne, stranger, usedElsewhere && user].filter(each => each !== null && each !== false);
  }

  function namesLeft(member: Member, { tag, hasNewImage }: Remains): Record<string, string> {
    const tagged = { old: oldImage(member), new: hasNewImage ? newImage(member) : 'other', other: 'other' };
    return {
      other: 'other',
      [`${member.name}-kept`]: oldImage(member),
      ...(hasNewImage && { [nameOfNewImage(member)]: newImage(member) }),
      [tagOf(member)]: tagged[tag],
    };
  }

  /** Any state that an engine could possibly have, reachable or not: at most one container bears a name. */
  const states = fc.tuple(rollouts, fc.array(remains, { minLength: 3, maxLength: 3 })).map(([of, found]) => {
    const pairs = of.members.flatMap((member, index) => {
      const left = found[index];
      return left === undefined ? [] : [{ member, left }];
    });
    const containers = pairs.flatMap(({ member, left }) => containersLeft(of, member, left));
    const names = pairs.map(({ member, left }) => namesLeft(member, left));
    return { of, model: { containers, names: Object.assign({}, ...names) as Model['names'] } };
  });

  const isEmpty = (steps: readonly Step[]) => steps.every(({ kind }) => kind === 'verify');

  it('back leaves nothing to do but to verify', () => {
    fc.assert(
      fc.property(states, fc.boolean(), ({ of, model }, prove) => {
        const after = applyAll(planUndo(of, observe(model, of), prove), model, of);
        const again = planUndo(of, observe(after, of), prove);
        expect(again.filter(step => !isEmpty([step])).map(renderStep)).toEqual([]);
        expect(after.containers.filter(({ successorOf }) => successorOf !== undefined)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('forward leaves nothing to do', () => {
    fc.assert(
      fc.property(states, ({ of, model }) => {
        const after = applyAll(planSettle(of, observe(model, of)), model, of);
        expect(planSettle(of, observe(after, of)).map(renderStep)).toEqual([]);
        const predecessors = of.members.map(({ predecessor }) => predecessor);
        expect(after.containers.filter(({ id }) => predecessors.includes(id))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('touches no container of anybody else', () => {
    const others = ({ containers }: Model) =>
      containers.filter(({ id }) => id.startsWith('stranger') || id.startsWith('user'));
    fc.assert(
      fc.property(states, ({ of, model }) => {
        const seen = observe(model, of);
        for (const steps of [planUndo(of, seen, true), planSettle(of, seen)])
          expect(others(applyAll(steps, model, of))).toEqual(others(model));
      }),
    );
  });
});
