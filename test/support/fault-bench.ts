import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { recoverAll } from '../../src/run/recover-all.ts';
import type { RunTools } from '../../src/run/run-tools.ts';
import { placesOfCalls, type RecordedCall, recordInto } from './call-places.ts';
import { type EngineProxy, type Fault, type PassedCall, startEngineProxy } from './engine-proxy.ts';
import type { FaultCase } from './fault-cases.ts';
import type { Scenario } from './fault-scenarios.ts';
import { type Before, BYSTANDER, expectWhole, lookBefore, startBystander } from './invariants.ts';
import { answerOf, type Lab, until } from './lab.ts';
import { Life, type RunEnd, runMortal } from './mortal-run.ts';

const PROXY_SOCKET = '/run/refreshd-sandbox/faults.sock';
/** What a run that was not killed must not have said of the container that is there in the end. */
const CONTRADICTIONS: Readonly<Record<string, 'old' | 'new'>> = { updated: 'old', failed: 'new' };

type Spoil = NonNullable<EngineProxy['spoil']>;

/** Where runs are tried, one after the other, on one engine. */
export class FaultBench {
  readonly #lab: Lab;
  readonly #recorded = new Map<string, readonly RecordedCall[]>();
  #homes = 0;
  /** The scenario whose beginning the engine still shows, untouched. */
  #fresh: { readonly begin: Scenario['begin']; readonly before: Before } | undefined;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /** Runs a scenario undisturbed. @returns the calls that it sent */
  async record(scenario: Scenario): Promise<readonly RecordedCall[]> {
    const calls: RecordedCall[] = [];
    const { before, home } = await this.#begin(scenario);
    const record = recordInto(calls, home);
    const end = await this.#run(scenario, home, {
      spoil: call => {
        record(call);
        return undefined;
      },
    });
    expect(end).toMatchObject({ kind: 'ended' });
    await expectWhole(this.#lab, before, scenario.answers, { home });
    this.#recorded.set(scenario.name, calls);
    return calls;
  }

  /** Has one call go wrong, recovers, and looks whether everything holds. @throws what does not hold */
  async try(scenario: Scenario, { call, fault }: FaultCase): Promise<void> {
    const { before, home } = await this.#begin(scenario);
    const life = new Life();
    const lines: string[] = [];
    const meeting = meetAt(call.place, () => fault.meet(() => life.end()));
    const end = await this.#run(scenario, home, { spoil: meeting.spoil, life, lines });
    try {
      expect(meeting.isMet(), 'the fault was met').toBe(true);
      expect(end.kind === 'killed').toBe(fault.name.startsWith('killed'));
      await this.#recover(home, lines);
      // Told that something is gone or in use, nobody can know better, and the image may be what stays.
      const deniedImage = /^HTTP 40[49]$/.test(fault.name) && call.name.startsWith('DELETE ');
      const which = await expectWhole(this.#lab, before, scenario.answers, { home, deniedImage });
      expect(scenario.ends, 'what is there in the end').toContain(which);
      if (end.kind === 'ended') {
        for (const outcome of end.outcomes)
          expect(which, `said: ${outcome}`).not.toBe(CONTRADICTIONS[outcome]);
      }
      if (which === 'old' && !deniedImage) this.#fresh = { begin: scenario.begin, before };
    } catch (error) {
      const log = lines.slice(-25).join('\n  ');
      throw new Error(`${(error as Error).message}\nthe run: ${JSON.stringify(end)}\nits log:\n  ${log}`);
    }
  }

  async #begin(scenario: Scenario): Promise<{ before: Before; home: string }> {
    const lab = this.#lab;
    const before =
      this.#fresh?.begin === scenario.begin ? this.#fresh.before : await this.#beginAnew(scenario);
    this.#fresh = undefined;
    const home = join(lab.home, String(this.#homes++));
    mkdirSync(home);
    await scenario.remember?.(lab, home);
    const { killed } = scenario;
    if (killed !== undefined) await this.#killEarlier(killed, home);
    return { before, home };
  }

  async #beginAnew({ begin, members, answers }: Scenario): Promise<Before> {
    await this.#lab.clear(BYSTANDER);
    await startBystander(this.#lab);
    await begin(this.#lab);
    await until('the old one answers', async () => (await answerOf(answers.url)) === answers.old);
    return lookBefore(this.#lab, ...members);
  }

  async #killEarlier({ scenario, after, of }: NonNullable<Scenario['killed']>, home: string): Promise<void> {
    const calls = this.#recorded.get(scenario.name) ?? [];
    const changes = calls.filter(({ isChange, phase }) => isChange && phase === of);
    const life = new Life();
    const tell = () => life.end();
    const place = changes.at(after === 'first' ? 0 : -1)?.place;
    const { spoil } = meetAt(place, () => ({ kind: 'tell', when: 'after', tell }));
    const end = await this.#run(scenario, home, { spoil, life });
    expect(end).toEqual({ kind: 'killed' });
  }

  async #recover(home: string, lines: string[]): Promise<void> {
    const recovering = { home, socket: this.#lab.socket, life: new Life(), lines };
    const first = await runMortal({ ...recovering, act: recoverOutcomes });
    expect(first).toMatchObject({ kind: 'ended' });
    const second = await runMortal({ ...recovering, act: recoverOutcomes });
    expect(second, 'nothing is left to recover').toEqual({ kind: 'ended', outcomes: [] });
  }

  async #run(
    { act }: Scenario,
    home: string,
    { spoil, life = new Life(), lines = [] }: { spoil: Spoil; life?: Life; lines?: string[] },
  ): Promise<RunEnd> {
    const proxy = await startEngineProxy(this.#lab.socket, PROXY_SOCKET);
    proxy.spoil = spoil;
    try {
      return await runMortal({ home, socket: proxy.socket, life, lines, act });
    } finally {
      await proxy.close();
    }
  }
}

/** Lets a fault happen at one place of a run. */
function meetAt(place: string | undefined, fault: () => Fault): { spoil: Spoil; isMet: () => boolean } {
  const placeOf = placesOfCalls();
  let isMet = false;
  const spoil = (call: PassedCall) => {
    if (placeOf(call) !== place) return undefined;
    isMet = true;
    return fault();
  };
  return { spoil, isMet: () => isMet };
}

async function recoverOutcomes(tools: RunTools): Promise<readonly string[]> {
  return (await recoverAll(tools, false)).map(({ outcome }) => outcome);
}
