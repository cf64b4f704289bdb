import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { containerCase } from '../support/container-requests.ts';
import { furnish, play, type Stage, type Verdict } from '../support/fidelity.ts';
import { openInProcess } from '../support/in-process.ts';
import { Lab } from '../support/lab.ts';
import { IS_LONG } from '../support/long-run.ts';

const HOST = {
  folder: join(process.env['SANDBOX_FOLDER'] ?? '', 'bound'),
  cgroup: process.env['SANDBOX_CGROUP'] ?? '',
};
/** Each case comes from a seed of its own, so that one can be played again: FIDELITY_SEED=17 FIDELITY_CASES=1. */
const CASES = Number(process.env['FIDELITY_CASES'] ?? (IS_LONG ? 200 : 24));
const FIRST_SEED = Number(process.env['FIDELITY_SEED'] ?? 1);
const PATIENCE = 10_000;

let stage: Stage;
let close: () => Promise<void>;
beforeAll(async () => {
  const lab = await Lab.open();
  await lab.clear();
  const networkIds = await furnish(lab, HOST);
  const opened = await openInProcess(lab);
  stage = { lab, tools: opened.tools, networkIds };
  close = async () => {
    await opened.close();
    await lab.close();
  };
});
afterAll(() => close());

it(
  'makes of every container what the engine alone makes of the same request',
  async () => {
    const verdicts: Verdict[] = [];
    const broken: string[] = [];
    for (let seed = FIRST_SEED; seed < FIRST_SEED + CASES; seed++) {
      const [each] = fc.sample(containerCase(HOST), { seed, numRuns: 1 });
      if (each === undefined) throw new Error(`seed ${seed} gives no case`);
      const verdict = await play(stage, each);
      verdicts.push(verdict);
      if (verdict.kind === 'broken')
        broken.push(`seed ${seed}:`, ...verdict.differences.map(line => `  ${line}`), JSON.stringify(each));
    }
    report(verdicts);
    expect(broken.join('\n')).toBe('');
    const accepted = verdicts.filter(({ kind }) => kind !== 'refused');
    expect(accepted.length, 'requests that the engine accepts').toBeGreaterThanOrEqual(CASES / 2);
  },
  CASES * PATIENCE,
);

function report(verdicts: readonly Verdict[]): void {
  const { version, apiVersion } = stage.tools.identity;
  const count = (test: (verdict: Verdict) => boolean) => verdicts.filter(test).length;
  const numbers = [
    `${verdicts.length} cases`,
    `${count(({ kind }) => kind !== 'refused')} accepted by the engine`,
    `${count(each => each.kind === 'held')} held`,
    `${count(each => each.kind === 'held' && each.started)} of them running`,
  ];
  process.stdout.write(`Fidelity on engine ${version} (API ${apiVersion}): ${numbers.join(', ')}.\n`);
}
