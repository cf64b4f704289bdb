import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRolloutName, predecessorName, successorName } from '../../src/container/names.ts';
import { decideRecovery } from '../../src/plan/decide-recovery.ts';
import { isAllThereIs, planSettle } from '../../src/plan/plan-settle.ts';
import { planUndo } from '../../src/plan/plan-undo.ts';
import { renderStep } from '../../src/plan/render-plan.ts';
import { samePolicy } from '../../src/plan/restart-policies.ts';
import type { Member, Phase, Rollout } from '../../src/plan/rollout.ts';
import type { Step } from '../../src/plan/step.ts';
import {
  applyAll,
  beginning,
  bystander,
  cutPower,
  forward,
  type Model,
  type ModelContainer,
  nameOfNewImage,
  newImage,
  observe,
  oldImage,
  sharesPorts,
  successorId,
  tagOf,
} from '../support/engine-model.ts';
import { digestOf, idOf, policy, rollout } from '../support/rollout-samples.ts';

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
        vanishes: false,
        startedAt: undefined,
        wasHealthy: true,
        ports: [],
        probePort: undefined,
        stopGrace: 10,
      }),
    ),
  );
const rollouts = members.map(all => rollout(...all));

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
  const interruptions = fc
    .record({
      of: rollouts,
      strategy: fc.constantFrom('replace', 'preflight', 'start-first'),
      progress: fc.nat(60),
      power: fc.boolean(),
      firstAttempt: fc.nat(20),
      powerAgain: fc.boolean(),
    })
    // Only one that is alone is started first.
    .map(each =>
      each.strategy === 'start-first' ? { ...each, of: rollout(...each.of.members.slice(0, 1)) } : each,
    );

  /** What is left after some of the steps, and the phase that the journal has by then. */
  function interrupt(
    of: Rollout,
    strategy: Parameters<typeof forward>[1],
    progress: number,
  ): { readonly model: Model; readonly phase: Phase } {
    const { prepare, change } = forward(of, strategy);
    const steps = [...prepare, ...change];
    const begun = beginning(of, strategy === 'start-first');
    const model = applyAll(steps.slice(0, progress), begun, of);
    if (progress > steps.length) return { model, phase: 'committed' };
    if (change.length === 0) return { model, phase: 'preparing' };
    return { model, phase: progress < prepare.length ? 'preparing' : 'switching' };
  }

  it('ends whole, back or forward, whenever it was interrupted, be it in recovery', () => {
    const ways = { back: 0, forward: 0 };
    fc.assert(
      fc.property(interruptions, ({ of, strategy, progress, power, firstAttempt, powerAgain }) => {
        const { model, phase } = interrupt(of, strategy, progress);
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
        const after = applyAll(
          planUndo(of, observe(model, of), { wasSwitching: prove, byHand: false }),
          model,
          of,
        );
        const again = planUndo(of, observe(after, of), { wasSwitching: prove, byHand: false });
        expect(again.filter(step => !isEmpty([step])).map(renderStep)).toEqual([]);
        expect(after.containers.filter(({ successorOf }) => successorOf !== undefined)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('forward leaves nothing to do', () => {
    fc.assert(
      fc.property(states, ({ of, model }) => {
        const seen = observe(model, of);
        const after = applyAll(planSettle(of, seen), model, of);
        const gone = of.members.filter(member => {
          const found = seen.get(member.name);
          return found === undefined || !isAllThereIs(member, found);
        });
        expect(planSettle(of, observe(after, of)).map(renderStep)).toEqual([]);
        const predecessors = gone.map(({ predecessor }) => predecessor);
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
        for (const steps of [planUndo(of, seen, { wasSwitching: true, byHand: false }), planSettle(of, seen)])
          expect(others(applyAll(steps, model, of))).toEqual(others(model));
      }),
    );
  });
});
