import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { recoverAll } from '../../src/run/recover-all.ts';
import type { RunTools } from '../../src/run/run-tools.ts';
import { type PassingCall, type RecordedCall, recordInto } from './call-places.ts';
import { startEngineProxy } from './engine-proxy.ts';
import { caseId, type FaultCase, type Recorded } from './fault-cases.ts';
import type { FaultResult } from './fault-counts.ts';
import { type Door, KILLED_AFTER, meetAt } from './fault-door.ts';
import type { FaultKind } from './fault-kinds.ts';
import type { Scenario } from './fault-scenarios.ts';
import {
  ask,
  type Before,
  BYSTANDER,
  expectWhole,
  lookAtBystander,
  lookBefore,
  startBystander,
} from './invariants.ts';
import { type Lab, until } from './lab.ts';
import { Life } from './life.ts';
import { type RunEnd, runMortal } from './mortal-run.ts';

const PROXY_SOCKET = '/run/refreshd-sandbox/faults.sock';
/** What a run that was not killed must not have said of the container that is there in the end. */
const CONTRADICTIONS: Readonly<Record<string, 'old' | 'new'>> = { updated: 'old', failed: 'new' };

/** On a busy machine calls may take other places than when they were recorded; then a case is tried again. */
const TRIES = 3;
class NotMet extends Error {}

/** Where runs are tried, one after the other, on one engine. */
export class FaultBench {
  /** What came of all cases that were tried. */
  readonly results: FaultResult[] = [];
  readonly #lab: Lab;
  readonly #recorded = new Map<string, readonly RecordedCall[]>();
  #homes = 0;
  /** The scenario whose beginning the engine still shows, untouched. */
  #fresh: { readonly begin: Scenario['begin']; readonly before: Before } | undefined;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /** Runs scenarios undisturbed, each after those that it begins with. @returns the calls that they sent */
  async record(...scenarios: readonly Scenario[]): Promise<Recorded> {
    const recorded = new Map<string, readonly RecordedCall[]>();
    for (const scenario of scenarios) recorded.set(scenario.name, await this.#record(scenario));
    return recorded;
  }

  async #record(scenario: Scenario): Promise<readonly RecordedCall[]> {
    const calls: RecordedCall[] = [];
    const { before, home } = await this.#begin(scenario);
    const record = recordInto(calls, home);
    const look = (call: PassingCall) => {
      record(call);
      return undefined;
    };
    const end = await this.#run(scenario, home, { door: { engine: look, state: look } });
    expect(end).toMatchObject({ kind: 'ended' });
    await expectWhole(this.#lab, before, scenario.answers, { home });
    this.#recorded.set(scenario.name, calls);
    return calls;
  }

  /** Tries cases of a scenario one after the other. @throws what did not hold, of all of them */
  async expectAllHold(scenario: Scenario, cases: readonly FaultCase[]): Promise<void> {
    const problems: string[] = [];
    for (const [at, each] of cases.entries()) {
      if (at > 0 && at % 50 === 0)
        process.stdout.write(`${scenario.name}: ${at} of ${cases.length} cases tried\n`);
      const problem = await this.#tryUntilMet(scenario, each).then(
        () => undefined,
        (error: Error) => error.message,
      );
      this.results.push({ of: each, problem });
      if (problem === undefined) continue;
      problems.push(`${caseId(each)}: ${problem}`);
      // Said at once, because all of them together may take an hour.
      process.stdout.write(`did not hold: ${problems.at(-1)}\n`);
    }
    expect(problems.join('\n\n')).toBe('');
  }

  async #tryUntilMet(scenario: Scenario, each: FaultCase): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#try(scenario, each);
      } catch (error) {
        if (!(error instanceof NotMet) || attempt === TRIES) throw error;
      }
    }
  }

  /** Has one call go wrong, recovers, and looks whether everything holds. @throws what does not hold */
  async #try(scenario: Scenario, { call, fault }: FaultCase): Promise<void> {
    const { before, home } = await this.#begin(scenario, fault.prepare);
    const life = new Life();
    const leaving = new AbortController();
    const lines: string[] = [];
    const run = { home, kill: () => life.end(), leave: () => leaving.abort() };
    const { door, isMet } = meetAt(call.place, fault, run);
    const end = await this.#run(scenario, home, { door, life, lines, interrupted: leaving.signal });
    try {
      const isKilled = end.kind === 'killed';
      if (!isMet() || isKilled !== (fault.leads === 'to death'))
        throw new NotMet(`met: ${isMet()}, killed: ${isKilled}`);
      if (fault.leads === 'to nothing') await expectWhole(this.#lab, before, scenario.answers, { home });
      await fault.meanwhile?.(home);
      const said = lines.length;
      const recovered = await this.#recover(home, lines);
      if (fault.leads === 'to nothing') expect(recovered, 'what was left to recover').toEqual([]);
      fault.check?.(home, lines.slice(said));
      const which = await this.#expectWhole(scenario, { call, fault }, before, home);
      if (end.kind === 'ended') {
        for (const outcome of end.outcomes)
          expect(which, `said: ${outcome}`).not.toBe(CONTRADICTIONS[outcome]);
      }
    } catch (error) {
      this.#fresh = undefined;
      const log = lines.slice(-25).join('\n  ');
      const message = `${(error as Error).message}\nthe run: ${JSON.stringify(end)}\nits log:\n  ${log}`;
      throw error instanceof NotMet ? new NotMet(message) : new Error(message);
    } finally {
      fault.tidy?.(home);
    }
  }

  async #expectWhole(
    { begin, answers, ends }: Scenario,
    { call, fault }: Pick<FaultCase, 'call' | 'fault'>,
    before: Before,
    home: string,
  ): Promise<'old' | 'new'> {
    const lab = this.#lab;
    const now = fault.restartsEngine ? { ...before, bystander: await lookAtBystander(lab) } : before;
    // Told that something is gone or in use, nobody can know better, and the image may be what stays.
    const isDenied = /^HTTP 40[49]$/.test(fault.name) && call.name.startsWith('DELETE ');
    // A pull that is broken off may be through in the same moment.
    const isBrokenOff = fault.name === 'told to leave' && call.name === 'POST /images/create';
    const deniedImage = isDenied || isBrokenOff || fault.imageMayStay === true;
    const which = await expectWhole(lab, now, answers, { home, deniedImage });
    expect(ends, 'what is there in the end').toContain(which);
    if (which === 'old' && !deniedImage) this.#fresh = { begin, before: now };
    return which;
  }

  async #begin(
    scenario: Scenario,
    prepare?: FaultKind['prepare'],
  ): Promise<{ before: Before; home: string }> {
    const lab = this.#lab;
    const before =
      this.#fresh?.begin === scenario.begin ? this.#fresh.before : await this.#beginAnew(scenario);
    this.#fresh = undefined;
    const home = join(lab.home, String(this.#homes++));
    mkdirSync(home);
    prepare?.(home);
    await scenario.remember?.(lab, home);
    const { killed } = scenario;
    if (killed !== undefined) await this.#killEarlier(killed, home);
    return { before, home };
  }

  async #beginAnew({ begin, members, answers }: Scenario): Promise<Before> {
    await this.#lab.clear(BYSTANDER);
    await startBystander(this.#lab);
    await begin(this.#lab);
    const [first = ''] = members;
    await until('the old one answers', async () => (await ask(this.#lab, first, answers)) === answers.old);
    return lookBefore(this.#lab, ...members);
  }

  async #killEarlier({ scenario, after, of }: NonNullable<Scenario['killed']>, home: string): Promise<void> {
    const calls = this.#recorded.get(scenario.name) ?? [];
    const changes = calls.filter(({ kind, phase }) => kind === 'change' && phase === of);
    const life = new Life();
    const place = changes.at(after === 'first' ? 0 : -1)?.place;
    const run = { home, kill: () => life.end(), leave: () => undefined };
    const { door } = meetAt(place, KILLED_AFTER, run);
    const end = await this.#run(scenario, home, { door, life });
    expect(end).toEqual({ kind: 'killed' });
  }

  /** @returns what came of what was left */
  async #recover(home: string, lines: string[]): Promise<readonly string[]> {
    const recovering = { home, socket: this.#lab.socket, life: new Life(), lines };
    const first = await runMortal({ ...recovering, act: recoverOutcomes });
    expect(first).toMatchObject({ kind: 'ended' });
    const second = await runMortal({ ...recovering, act: recoverOutcomes });
    expect(second, 'nothing is left to recover').toEqual({ kind: 'ended', outcomes: [] });
    return first.kind === 'ended' ? first.outcomes : [];
  }

  async #run(
    { act }: Scenario,
    home: string,
    { door, ...run }: { door: Door; life?: Life; lines?: string[]; interrupted?: AbortSignal },
  ): Promise<RunEnd> {
    const proxy = await startEngineProxy(this.#lab.socket, PROXY_SOCKET);
    proxy.spoil = door.engine;
    try {
      const { socket } = proxy;
      return await runMortal({
        life: new Life(),
        lines: [],
        ...run,
        home,
        socket,
        spoilWrite: door.state,
        act,
      });
    } finally {
      await proxy.close();
    }
  }
}

async function recoverOutcomes(tools: RunTools): Promise<readonly string[]> {
  return (await recoverAll(tools, false)).map(({ outcome }) => outcome);
}
