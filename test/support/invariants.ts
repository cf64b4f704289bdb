import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { answerOf, type Lab, until } from './lab.ts';

/** How things were before a rollout, as far as they must still hold after it, whatever happened. */
export interface Before {
  readonly name: string;
  readonly id: string;
  readonly image: string;
  readonly restart: unknown;
  readonly volumes: readonly string[];
  readonly bystander: unknown;
}

const BYSTANDER = 'bystander';

/** Starts a container that nobody may touch. */
export async function startBystander(lab: Lab): Promise<void> {
  await lab.run(BYSTANDER, { Labels: { 'refreshd.enable': 'false' } });
}

export async function lookBefore(lab: Lab, name: string): Promise<Before> {
  const container = await lab.inspect(name);
  return {
    name,
    id: container.Id,
    image: container.Image,
    restart: container.HostConfig.RestartPolicy,
    volumes: await volumeNames(lab),
    bystander: await lookAtBystander(lab),
  };
}

/**
 * What must hold after any fault, once recovery has run: looked up on the engine itself.
 * @returns which of the two is there
 */
export async function expectWhole(
  lab: Lab,
  before: Before,
  answers: { readonly url: string; readonly old: string; readonly new: string },
): Promise<'old' | 'new'> {
  expect(await lab.names()).toEqual([before.name, BYSTANDER].sort());
  const now = await lab.inspect(before.name);
  const which = now.Id === before.id ? 'old' : 'new';
  expect(now.HostConfig.RestartPolicy).toEqual(before.restart);
  expect(now.State.Running).toBe(true);
  if (which === 'old') expect(now.Image).toBe(before.image);
  else expect(now.Image).not.toBe(before.image);
  await until(`the ${which} one answers`, async () => (await answerOf(answers.url)) === answers[which]);
  expect(await lab.imageId(), 'the tag points at what runs').toBe(now.Image);
  expect(await volumeNames(lab)).toEqual(before.volumes);
  expect(await lookAtBystander(lab)).toEqual(before.bystander);
  expect(readdirSync(join(lab.home, 'state/rollouts'))).toEqual([]);
  return which;
}

async function volumeNames(lab: Lab): Promise<readonly string[]> {
  const { body } = await lab.api('GET', '/volumes');
  return (body.Volumes ?? []).map(({ Name }: { Name: string }) => Name).sort();
}

async function lookAtBystander(lab: Lab): Promise<unknown> {
  const { Id, State, RestartCount } = await lab.inspect(BYSTANDER);
  return { Id, startedAt: State.StartedAt, RestartCount };
}
