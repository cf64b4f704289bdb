import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lastReplaced, openHistory, type PastRollout } from '../../src/journal/history.ts';
import { IS_LONG } from '../support/long-run.ts';
import { tempFolder } from '../support/temp-folder.ts';

const CONTAINERS = 1000;
const ROLLOUTS = IS_LONG ? 100_000 : 3000;
/** The most bytes that it may have, and one more line. */
const BOUND = 1024 * 1024 + 1000;

function update(index: number): PastRollout {
  const digest = (of: number) => `sha256:${String(of).padStart(64, '0')}`;
  return {
    ...{ v: 1, rollout: `r${index}`, container: `service-${index % CONTAINERS}` },
    ...{ reference: 'registry.example.com/team/service:latest', outcome: 'updated' },
    ...{ fromImage: digest(index), fromDigest: digest(index), toDigest: digest(index + CONTAINERS) },
    ...{ startedAt: index * 60_000, endedAt: index * 60_000 + 9000, downtime: 700 },
  };
}

it(
  `a history of ${ROLLOUTS} rollouts stays bounded, and knows what each container would go back to`,
  async () => {
    const folder = tempFolder();
    const path = join(folder, 'history.jsonl');
    const history = openHistory(folder);
    let longest = 0;
    const took: number[] = [];
    for (let index = 0; index < ROLLOUTS; index++) {
      const begun = performance.now();
      await history.add(update(index));
      took.push(performance.now() - begun);
      longest = Math.max(longest, statSync(path).size);
    }
    const average = (part: readonly number[]) => part.reduce((sum, each) => sum + each, 0) / part.length;
    process.stdout.write(
      `${ROLLOUTS} rollouts: ${average(took.slice(0, 1000)).toFixed(2)} ms each for the first thousand, ${average(took.slice(-1000)).toFixed(2)} ms for the last; ${longest} bytes at most.\n`,
    );
    expect(longest).toBeLessThan(BOUND);
    expect(readdirSync(folder)).toEqual(['history.jsonl']);
    const past = await history.read();
    for (let of = 0; of < CONTAINERS; of++)
      expect(lastReplaced(past, `service-${of}`)?.rollout).toBe(`r${ROLLOUTS - CONTAINERS + of}`);
  },
  30 * 60_000,
);
