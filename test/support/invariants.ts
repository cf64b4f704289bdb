import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { answerOf, type Lab, until } from './lab.ts';

/** How things were before a rollout, as far as they must still hold after it, whatever happened. */
export interface Before {
  /** Those that are replaced together, the one that the others hang on first. */
  readonly members: readonly MemberBefore[];
  readonly volumes: readonly string[];
  readonly images: readonly string[];
  readonly networks: Readonly<Record<string, readonly string[]>>;
  readonly bystander: unknown;
}

interface MemberBefore {
  readonly name: string;
  readonly id: string;
  readonly image: string;
  readonly restart: unknown;
  /** Whether the engine removes it when it stops: what is put back is then another of the same. */
  readonly vanishes: boolean;
}

/** What the service answers before and after. */
export interface Answers {
  /** Where it is asked; left out, at the container's own address. */
  readonly url?: string;
  readonly old: string;
  readonly new: string;
}

export const BYSTANDER = 'bystander';

/** Starts a container, on an image of its own, that nobody may touch; once is enough. */
export async function startBystander(lab: Lab): Promise<void> {
  if ((await lab.names()).includes(BYSTANDER)) return;
  await lab.publish({ version: 'bystander' }, BYSTANDER);
  await lab.pull(lab.reference(BYSTANDER));
  await lab.run(BYSTANDER, {
    Image: lab.reference(BYSTANDER),
    Labels: { 'refreshd.enable': 'false' },
    HostConfig: { RestartPolicy: { Name: 'always' } },
  });
}

export async function lookBefore(lab: Lab, ...names: readonly string[]): Promise<Before> {
  const members: MemberBefore[] = [];
  for (const name of names) {
    const { Id, Image, HostConfig } = await lab.inspect(name);
    const { RestartPolicy: restart, AutoRemove: vanishes } = HostConfig;
    members.push({ name, id: Id, image: Image, restart, vanishes });
  }
  return {
    members,
    volumes: await volumeNames(lab),
    images: await imageIds(lab),
    networks: await attachments(lab),
    bystander: await lookAtBystander(lab),
  };
}

/** What may be otherwise than usual. */
interface Circumstances {
  readonly home?: string;
  /** Whether the engine said of something that was to go that it had it not, or that it was in use. */
  readonly deniedImage?: boolean;
}

/**
 * What must hold after any fault, once recovery has run: looked up on the engine itself.
 * @returns which of the two is there
 */
export async function expectWhole(
  lab: Lab,
  before: Before,
  answers: Answers,
  { home = lab.home, deniedImage = false }: Circumstances = {},
): Promise<'old' | 'new'> {
  expect(await lab.names()).toEqual([...before.members.map(({ name }) => name), BYSTANDER].sort());
  const [first] = before.members;
  const leader = await lab.inspect(first?.name ?? '');
  const isOld = first?.vanishes ? leader.Image === first.image : leader.Id === first?.id;
  const which = isOld ? 'old' : 'new';
  for (const member of before.members) await expectMember(lab, member, which, leader.Id);
  if (which === 'new') expect(leader.Image).not.toBe(first?.image);
  const { name = '' } = first ?? {};
  await until(`the ${which} one answers`, async () => (await ask(lab, name, answers)) === answers[which]);
  expect(await lab.imageId(), 'the tag points at what runs').toBe(leader.Image);
  expect(await volumeNames(lab), 'the volumes').toEqual(before.volumes);
  const wanted = new Set([...before.images, leader.Image]);
  const unwanted = (await imageIds(lab)).filter(id => !wanted.has(id));
  if (!deniedImage) expect(unwanted, 'images that nobody wants').toEqual([]);
  expect(await lookAtBystander(lab), 'the bystander').toEqual(before.bystander);
  expect(readdirSync(join(home, 'state/rollouts')), 'the journal').toEqual([]);
  expect(await attachments(lab), 'who is on which network').toEqual(before.networks);
  return which;
}

/** What a container answers. */
export async function ask(lab: Lab, name: string, { url }: Answers): Promise<string | undefined> {
  if (url !== undefined) return answerOf(url);
  const networks = (await lab.inspect(name)).NetworkSettings.Networks as Record<
    string,
    { IPAddress: string }
  >;
  const [first] = Object.values(networks);
  return answerOf(`http://${first?.IPAddress}:8080/health`);
}

async function expectMember(
  lab: Lab,
  { name, id, image, restart, vanishes }: MemberBefore,
  which: 'old' | 'new',
  leader: string,
): Promise<void> {
  const now = await lab.inspect(name);
  if (!vanishes) expect(now.Id === id ? 'old' : 'new', `which ${name} is there`).toBe(which);
  expect(now.HostConfig.AutoRemove, `whether ${name} goes when it stops`).toBe(vanishes);
  expect(now.State.Running, `${name} runs`).toBe(true);
  expect(now.HostConfig.RestartPolicy, `the restart policy of ${name}`).toEqual(restart);
  if (which === 'old') expect(now.Image).toBe(image);
  if (now.HostConfig.NetworkMode.startsWith('container:'))
    expect(now.HostConfig.NetworkMode, `what ${name} is tied to`).toBe(`container:${leader}`);
}

/** The names of the containers on each network: whatever is left of others shows. */
export async function attachments(lab: Lab): Promise<Readonly<Record<string, readonly string[]>>> {
  const { body } = await lab.api('GET', '/networks');
  const looks = body.map(async ({ Id, Name }: { Id: string; Name: string }) => {
    const { Containers } = (await lab.api('GET', `/networks/${Id}`)).body;
    const attached = Object.values((Containers ?? {}) as Record<string, { Name: string }>);
    return [Name, attached.map(each => each.Name).sort()];
  });
  return Object.fromEntries(await Promise.all(looks));
}

export async function volumeNames(lab: Lab): Promise<readonly string[]> {
  const { body } = await lab.api('GET', '/volumes');
  return (body.Volumes ?? []).map(({ Name }: { Name: string }) => Name).sort();
}

async function imageIds(lab: Lab): Promise<readonly string[]> {
  const { body } = await lab.api('GET', '/images/json');
  return body.map(({ Id }: { Id: string }) => Id).sort();
}

/** That nobody touched it shows in when it was started. */
export async function lookAtBystander(lab: Lab): Promise<unknown> {
  const { Id, State, RestartCount } = await lab.inspect(BYSTANDER);
  return { Id, startedAt: State.StartedAt, RestartCount };
}
