import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRolloutName } from '../../src/container/names.ts';
import { decideRecovery } from '../../src/plan/decide-recovery.ts';
import type { Phase, Rollout } from '../../src/plan/rollout.ts';
import {
  applyAll,
  beginning,
  cutPower,
  forward,
  type Model,
  newImage,
  observe,
  oldImage,
  tagOf,
} from '../support/engine-model.ts';
import { member, policy, rollout } from '../support/rollout-samples.ts';

// A container that was started with --rm: stopping it is removing it.

const pulled = fc.boolean().map(isPulled => {
  const [plain] = rollout().members;
  if (plain?.target.kind !== 'offered') throw new Error('the sample is offered an image');
  const target = { ...plain.target, pulled: isPulled };
  return rollout(member({ vanishes: true, startedAt: 'before', restart: policy('no'), target }));
});

const only = ({ members: [one] }: Rollout) => one ?? expect.unreachable();

/** What is left after some of the steps, and the phase that the journal has by then. */
function interrupt(of: Rollout, progress: number): { readonly model: Model; readonly phase: Phase } {
  const { prepare, change } = forward(of);
  const steps = [...prepare, ...change];
  const model = applyAll(steps.slice(0, progress), start(of), of);
  if (progress > steps.length) return { model, phase: 'committed' };
  return { model, phase: progress < prepare.length ? 'preparing' : 'switching' };
}

function start(of: Rollout): Model {
  const model = beginning(of);
  return {
    ...model,
    containers: model.containers.map(each =>
      each.id === only(of).predecessor ? { ...each, startedAt: 'before', vanishes: true } : each,
    ),
  };
}

function recoverAll(phase: Phase, of: Rollout, model: Model): Model {
  return applyAll(decideRecovery(phase, of, observe(model, of)).steps, model, of);
}

function expectWhole({ containers, names }: Model, of: Rollout, image: string): void {
  const one = only(of);
  const bearers = containers.filter(({ name }) => name === one.name);
  expect(bearers).toMatchObject([{ running: true, vanishes: true, image, restart: policy('no') }]);
  expect(names[tagOf(one)]).toBe(image);
  expect(containers.filter(({ name }) => parseRolloutName(name) !== undefined)).toEqual([]);
}

const progress = fc.nat(24);

describe('a container that is removed when it stops', () => {
  it('is there, old or new, whenever its rollout was interrupted, be it in recovery', () => {
    fc.assert(
      fc.property(pulled, progress, fc.nat(12), (of, reached, firstAttempt) => {
        const { model, phase } = interrupt(of, reached);
        const { steps } = decideRecovery(phase, of, observe(model, of));
        const tried = applyAll(steps.slice(0, firstAttempt), model, of);
        const end = recoverAll(phase, of, tried);
        expectWhole(end, of, phase === 'committed' ? newImage(only(of)) : oldImage(only(of)));
        expect(recoverAll(phase, of, end)).toEqual(end);
      }),
      { numRuns: 1000 },
    );
  });

  it('is made again after the power went in the switch, when the engine has removed all but the copy', () => {
    fc.assert(
      fc.property(pulled, progress, fc.nat(12), fc.boolean(), (of, reached, firstAttempt, powerAgain) => {
        const { model, phase } = interrupt(of, reached);
        fc.pre(phase === 'switching');
        const found = cutPower(model);
        const { steps } = decideRecovery(phase, of, observe(found, of));
        const tried = applyAll(steps.slice(0, firstAttempt), found, of);
        // Once nothing is left to do, the power takes it as it takes every such container.
        fc.pre(!powerAgain || firstAttempt < steps.length - 1);
        expectWhole(recoverAll(phase, of, powerAgain ? cutPower(tried) : tried), of, oldImage(only(of)));
      }),
    );
  });

  it('is not brought back by us where it went before anything was stopped: that is what --rm means', () => {
    fc.assert(
      fc.property(pulled, progress, (of, reached) => {
        const { model, phase } = interrupt(of, reached);
        fc.pre(phase === 'preparing');
        const end = recoverAll(phase, of, cutPower(model));
        expect(end.containers.map(({ name }) => name)).toEqual(['bystander']);
      }),
    );
  });
});
