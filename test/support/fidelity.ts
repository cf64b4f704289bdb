import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, parseDigest } from '../../src/image/digest.ts';
import type { RunTools } from '../../src/run/run-tools.ts';
import { type Case, type ContainerRequest, callsFor } from './container-requests.ts';
import type { EngineAnswer } from './engine-api.ts';
import { buildImage } from './image.ts';
import { makeSuccessor } from './in-process.ts';
import { lostFrom, writeInto } from './kept-data.ts';
import type { Lab } from './lab.ts';
import { differences, normalise, withoutKeptVolumes } from './normalise.ts';
import type { Host } from './options-host.ts';
import type { Fields } from './options-inherited.ts';
import { SUBFOLDER } from './options-mounts.ts';
import { NETWORKS } from './options-network.ts';
import { publish } from './publish.ts';
import { busyboxLayer } from './service-image.ts';

/** What came of a case. It is refused where the engine itself does not take what the user asks for. */
export type Verdict =
  | { readonly kind: 'held'; readonly started: boolean }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'broken'; readonly differences: readonly string[] };

class Refused extends Error {}

/** Networks, volumes and a neighbour that containers may be tied to. @returns the networks' ids by their names */
export async function furnish(lab: Lab, { folder }: Host): Promise<ReadonlyMap<string, string>> {
  mkdirSync(folder, { recursive: true });
  const networkIds = new Map<string, string>();
  for (const [Name, { v4, v6 }] of Object.entries(NETWORKS)) {
    const subnets = [`${v4}.0/24`, ...(v6 === undefined ? [] : [`${v6}:/64`])];
    const asked = {
      Name,
      EnableIPv6: v6 !== undefined,
      IPAM: { Config: subnets.map(Subnet => ({ Subnet })) },
    };
    const { status, body } = await lab.api('POST', '/networks/create', asked);
    if (status !== 201) throw new Error(`network ${Name}: ${body.message}`);
    networkIds.set(Name, body.Id);
  }
  for (const Name of ['data', 'logs']) {
    const { body } = await lab.api('POST', '/volumes/create', { Name });
    mkdirSync(join(body.Mountpoint, SUBFOLDER));
  }
  await lab.publish({ version: 'peer' }, 'peer');
  await lab.pull(lab.reference('peer'));
  await lab.run('peer', {
    Image: lab.reference('peer'),
    Volumes: { '/peer/anonymous': {} },
    HostConfig: { IpcMode: 'shareable', Binds: ['data:/peer/data'] },
  });
  return networkIds;
}

/** The API version of the first engine that makes MAC addresses up at random. */
const RANDOM_MACS = 48;

/** Where cases are played: a furnished lab, and refreshd opened on its engine. */
export interface Stage {
  readonly lab: Lab;
  readonly tools: RunTools;
  readonly networkIds: ReadonlyMap<string, string>;
}

/** What a container went through that the engine does not show, or its newest image does not say. */
interface Past {
  /** Paths of the volumes that earlier images had: their data is kept. */
  readonly gone: Set<string>;
  /** A container that ran and stopped shows no MAC address any more. */
  forgotMacs: boolean;
}

/** Updates a container from image to image; each time it is held against one made afresh. */
export async function play(stage: Stage, { request, versions, started }: Case): Promise<Verdict> {
  const { lab } = stage;
  const [first, ...later] = versions;
  const found: string[] = [];
  const past: Past = { gone: new Set(), forgotMacs: false };
  let from = first;
  try {
    await offer(stage, first);
    await lab.pull();
    await create(stage, 'app', request);
    const isUp = started && (await start(stage, 'app'));
    for (const [index, to] of later.entries()) {
      for (const path of Object.keys((from['Volumes'] ?? {}) as object)) past.gone.add(path);
      const differing = await update(stage, request, to, past);
      found.push(...differing.map(each => `update ${index + 1}: ${each}`));
      if (found.length > 0) return { kind: 'broken', differences: found };
      if (started) await start(stage, 'app');
      from = to;
    }
    return { kind: 'held', started: isUp };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { kind: 'refused', reason: error.message };
  } finally {
    await clearStage(stage);
  }
}

/**
 * Has the successor made and compares it with what the engine alone makes of the same request; then it takes the
 * container's place.
 */
async function update(
  stage: Stage,
  request: ContainerRequest,
  to: Fields,
  past: Past,
): Promise<readonly string[]> {
  const { lab, tools } = stage;
  const digest = await offer(stage, to);
  const { Id, State, Mounts } = await lab.inspect('app');
  const written = writeInto(Mounts);
  const made = await makeSuccessor(tools, Id, 'app', digest).catch((error: Error) => error);
  await lab.pull();
  await create(stage, 'fresh', request);
  if (made instanceof Error) return [made.message];
  const fresh = await lab.inspect('fresh');
  const successor = await lab.inspect(made);
  const ours = withoutKeptVolumes(successor, fresh, past.gone);
  past.forgotMacs ||= State.Status === 'exited' || State.ExitCode !== 0;
  const mac = { isRandom: apiOf(stage) >= RANDOM_MACS, isForgotten: past.forgotMacs };
  const found = differences(normalise(ours, request, mac), normalise(fresh, request, mac));
  for (const name of ['fresh', 'app']) await lab.api('DELETE', `/containers/${name}?force=1`);
  await lab.api('POST', `/containers/${made}/rename?name=app`);
  return [...found, ...lostFrom(successor.Mounts, written)];
}

async function offer({ lab }: Stage, config: Fields): Promise<Digest> {
  const image = buildImage([await busyboxLayer()], config);
  await publish(lab.registry, 'app', 'latest', image);
  const digest = parseDigest(image.digest);
  if (digest === undefined) throw new Error(`${image.digest} is no digest`);
  return digest;
}

async function create(stage: Stage, name: string, request: ContainerRequest): Promise<void> {
  const { lab, networkIds } = stage;
  const { body, connects } = callsFor(request, lab.reference(), apiOf(stage), networkIds);
  accepted(await lab.api('POST', `/containers/create?name=${name}`, body));
  for (const { network, endpoint } of connects) {
    const join = { Container: name, EndpointConfig: endpoint };
    accepted(await lab.api('POST', `/networks/${network}/connect`, join));
  }
}

/** The API version, as a number after the dot. */
function apiOf({ tools }: Stage): number {
  return Number(tools.identity.apiVersion.split('.')[1]);
}

function accepted({ status, body }: EngineAnswer): void {
  if (status >= 400) throw new Refused(`${status} ${body?.message ?? body}`);
}

/** Some requests cannot be met when it comes to running, for want of a device say; they are still updated. */
async function start({ lab }: Stage, name: string): Promise<boolean> {
  return (await lab.api('POST', `/containers/${name}/start`)).status === 204;
}

/** All but the neighbour and its image, with the layer that every image has. */
async function clearStage({ lab }: Stage): Promise<void> {
  for (const name of await lab.names())
    if (name !== 'peer') await lab.api('DELETE', `/containers/${name}?force=1&v=1`);
  const { Image: ofPeer } = await lab.inspect('peer');
  for (const { Id } of (await lab.api('GET', '/images/json')).body)
    if (Id !== ofPeer) await lab.api('DELETE', `/images/${Id}?force=1`);
}
