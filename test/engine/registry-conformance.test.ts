import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BadAnswer } from '../support/bad-answers/bad-answer.ts';
import { BAD_ANSWERS } from '../support/bad-answers/bad-answers.ts';
import {
  type CrookedRegistries,
  type CrookedRegistry,
  openCrookedRegistries,
} from '../support/crooked-registry.ts';
import { Lab, resultOf } from '../support/lab.ts';
import { followMemory } from '../support/peak-memory.ts';
import { publish } from '../support/publish.ts';
import { buildService } from '../support/service-image.ts';

/**
 * Left out: those who take all of our patience, which here is as long as users have it; who never was there to be
 * pulled from; and where an engine answers in our place.
 */
const ANSWERS = [...BAD_ANSWERS.values()]
  .flat()
  .filter(answer => !answer.isSlow && !('nobodyAt' in answer) && !answer.isFineForEngine);
const LOGIN = 'conformance:s3cret-of-the-login';
/** Of the containers with a bad answer so many are running; beside so many is one with a good answer. */
const EVERY = 8;
const MOST_BYTES = 96 * 1024 * 1024;

interface Met {
  readonly name: string;
  readonly answer: BadAnswer;
  readonly registry: CrookedRegistry;
}

let lab: Lab;
let registries: CrookedRegistries;
const met: Met[] = [];
const still: string[] = [];

beforeAll(async () => {
  lab = await Lab.open();
  await lab.clear();
  registries = await openCrookedRegistries();
  const image = await buildService({ version: '1' });
  for (const repository of ['bad/app', 'good/app', 'good/still'])
    await publish(registries.good, repository, 'latest', image);
  for (const repository of ['app', 'still']) {
    await lab.pull(`${registries.good.host}/good/${repository}:latest`);
    await lab.run(repository, { Image: `${registries.good.host}/good/${repository}:latest` });
  }
  await pLimit(4).map([...ANSWERS.entries()], async ([index, answer]) => {
    const registry = await registries.open(answer);
    await lab.pull(`${registry.host}/bad/app:latest`);
    const name = `bad-${index}`;
    const isRunning = index % EVERY === 0;
    await lab.run(name, { Image: `${registry.host}/bad/app:latest` }, isRunning);
    met.push({ name, answer, registry });
    if (answer.isDown || index % EVERY !== 1) return;
    await lab.pull(`${registry.host}/good/still:latest`);
    await lab.run(`still-${index}`, { Image: `${registry.host}/good/still:latest` }, false);
    still.push(`still-${index}`);
  });
  const next = await buildService({ version: '2' });
  for (const repository of ['bad/app', 'good/app'])
    await publish(registries.good, repository, 'latest', next);
  registries.turnCrooked(next);
}, 900_000);
afterAll(async () => {
  await registries.close();
  await lab.close();
});

/** What a user has who talks to these registries: logins for some of them. */
function surroundings(): Record<string, string> {
  const folder = join(lab.home, 'docker');
  mkdirSync(folder, { recursive: true });
  const auth = Buffer.from(LOGIN).toString('base64');
  const logins = met.filter(({ answer }) => answer.login).map(({ registry }) => [registry.host, { auth }]);
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: Object.fromEntries(logins) }));
  return { DOCKER_CONFIG: folder, REFRESHD_CONCURRENCY: '16' };
}

async function command(args: readonly string[]) {
  const child = lab.spawn(args, surroundings());
  const peak = followMemory(child);
  const begun = performance.now();
  const { code, stdout, stderr } = await resultOf(child);
  const seconds = Math.round((performance.now() - begun) / 1000);
  const outcomes = new Map<string, { readonly outcome: string; readonly reason?: string }>();
  for (const { name, ...rest } of JSON.parse(stdout).containers) outcomes.set(name, rest);
  expect(stderr).toBe('');
  expect(stdout).not.toMatch(/s3cret|good-token/);
  return { code, outcomes, seconds, peak: peak() };
}

type Result = Awaited<ReturnType<typeof command>>;

/** Each that has a bad answer says so in its own sentence, and no other says anything. */
function expectSentences({ outcomes, peak }: Result): void {
  for (const { name, answer, registry } of met) {
    const { outcome, reason = '' } = outcomes.get(name) ?? {};
    expect(`${outcome} ${answer.name}`).toBe(`unresolved ${answer.name}`);
    expect(`${reason.replaceAll(registry.host, 'HOST')}.`, answer.name).toMatch(answer.says);
    expect(reason, answer.name).toMatch(/^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]{10,480}$/);
  }
  for (const name of ['still', ...still])
    expect(outcomes.get(name), name).toMatchObject({ outcome: 'current' });
  expect(outcomes.size).toBe(met.length + still.length + 2);
  expect(peak).toBeGreaterThan(20e6);
  expect(peak).toBeLessThan(400e6);
}

/** What must stay as it is of every container but the one that is updated. */
async function others(): Promise<unknown> {
  const { body } = await lab.api('GET', '/containers/json?all=1');
  return body
    .filter(({ Names }: { Names: string[] }) => Names[0] !== '/app')
    .map(({ Id, Names, Image, ImageID, State }: Record<string, string>) => [
      Id,
      Names,
      Image,
      ImageID,
      State,
    ]);
}

it('many bad answers at once: each is said, none is acted on, and the good ones are', async () => {
  const before = await others();
  const checked = await command(['check', '--json']);
  expectSentences(checked);
  expect(checked.outcomes.get('app')?.outcome).toBe('outdated');
  expect(checked.code).toBe(1);

  const run = await command(['run', '--json']);
  expectSentences(run);
  expect(run.outcomes.get('app')?.outcome).toBe('updated');
  expect(run.code).toBe(1);

  expect(await others()).toEqual(before);
  expect((await lab.inspect('app')).Config.Labels['org.opencontainers.image.version']).toBe('2');
  expect(registries.strayed()).toEqual([]);
  for (const { registry, answer } of met) expect(registry.sent(), answer.name).toBeLessThan(MOST_BYTES);

  const log = lab.log();
  expect(log).not.toMatch(/s3cret|good-token|stolen|\n\s+at |node:internal/);
  expect(log).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/);
  for (const line of log.trimEnd().split('\n')) expect(line).toMatch(/^\d{4}-\d\d-\d\d.{8,}$/);
  for (const { name } of met) expect(log).toMatch(new RegExp(` ${name}: `));
  const shown = ({ seconds, peak }: Result) => `${seconds} s, ${Math.round(peak / 1e6)} MB`;
  process.stdout.write(
    `Registry conformance on the engine: ${met.length} bad answers held at once; check ${shown(checked)}, run ${shown(run)}.\n`,
  );
}, 900_000);
