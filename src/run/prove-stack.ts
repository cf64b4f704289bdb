import { openRealPath } from '../base/real-path.ts';
import { type InspectedContainer, nameOf } from '../container/inspected.ts';
import { type LabelWishes, readLabels } from '../container/labels.ts';
import { composeFolder, foreignOwner } from '../container/ownership.ts';
import { secretValues } from '../container/secret-values.ts';
import { serviceAddresses } from '../container/service-addresses.ts';
import { userLabels } from '../container/user-labels.ts';
import { formatProbe, type HealthDemand, type Probe } from '../plan/health-demand.ts';
import { healthDemand, probeFor } from '../plan/policy.ts';
import { awaitHealth } from '../rollout/await-health.ts';
import { takeBaseline } from '../rollout/baseline.ts';
import type { RunTools } from './run-tools.ts';

/** A container of a stack that was just started, and what was found out about it. */
export interface Standing {
  readonly name: string;
  readonly service: string;
  /** `ended`: a task that is done, with exit code 0. */
  readonly outcome: 'proven' | 'ended' | 'failed';
  /** What says that it is healthy, beside that it runs: `HEALTHCHECK`, `GET /health on port 8080`. */
  readonly signs: readonly string[];
  /** Where it is reached from this machine, in full where it is known to speak HTTP there. */
  readonly addresses: readonly string[];
  /** Why it is not proven. One sentence without a full stop. */
  readonly reason: string | undefined;
}

/**
 * Proves the containers of this home's stack as an update proves the one that it made: running without a restart, its
 * HEALTHCHECK healthy, `/health` good where one is known or found, and all that for as long as it must stay so. All are
 * waited for at the same time. Changes nothing.
 *
 * @param services the names of those that count
 */
export async function proveStack(tools: RunTools, services: readonly string[]): Promise<readonly Standing[]> {
  const found = await findContainers(tools, services);
  const standings = await Promise.all(found.map(each => prove(tools, each)));
  return standings.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

interface Found {
  readonly container: InspectedContainer;
  readonly service: string;
  readonly wishes: LabelWishes;
  /** Labels that are not understood. */
  readonly problems: readonly string[];
}

const SERVICE = 'com.docker.compose.service';

async function findContainers(
  { engine, home, secrets }: RunTools,
  services: readonly string[],
): Promise<readonly Found[]> {
  const realPath = openRealPath();
  const found: Found[] = [];
  for (const { Id, Labels: labels } of await engine.listContainers()) {
    const service = labels[SERVICE] ?? '';
    const folder = composeFolder(labels, {});
    if (!services.includes(service) || folder === undefined || foreignOwner(labels) !== undefined) continue;
    if ((await realPath(folder)) !== home) continue;
    const container = await engine.inspectContainer(Id);
    if (container === undefined) continue;
    // What a health check says may repeat what it was given.
    secrets.learn(secretValues(container.Config));
    const image = await engine.inspectImage(container.Image);
    const { wishes, problems } = readLabels(userLabels(labels, image?.Config.Labels ?? {}));
    found.push({ container, service, wishes, problems });
  }
  return found;
}

async function prove(tools: RunTools, { container, service, wishes, problems }: Found): Promise<Standing> {
  const standing = { name: nameOf(container), service, signs: [], addresses: [], reason: undefined };
  const [problem] = problems;
  if (problem !== undefined) return { ...standing, outcome: 'failed', reason: problem };
  const labelled = probeFor(wishes, undefined);
  const demand = healthDemand(tools.policy, wishes, {
    image: container.Image,
    probe: labelled,
    ports: portsOf(container),
    mustBeHealthy: true,
    vanishes: container.HostConfig.AutoRemove === true,
  });
  const first = await awaitHealth(tools, container.Id, demand);
  const now = await tools.engine.inspectContainer(container.Id);
  if (first.kind === 'failed')
    return now !== undefined && isDone(now, labelled)
      ? { ...standing, outcome: 'ended' }
      : { ...standing, outcome: 'failed', reason: tools.secrets.redact(first.reason) };
  const probe = labelled ?? (now && (await findProbe(tools, now, wishes)));
  const reason = labelled === undefined ? await answersWell(tools, container.Id, demand, probe) : undefined;
  if (reason !== undefined || now === undefined) return { ...standing, outcome: 'failed', reason };
  return {
    ...standing,
    outcome: 'proven',
    signs: [...(now.State.Health ? ['HEALTHCHECK'] : []), ...(probe ? [formatProbe(probe)] : [])],
    addresses: serviceAddresses(now, {
      engineAddress: tools.identity.address,
      httpPort: probe?.at === 'port' ? probe.port : undefined,
      urlPath: wishes.urlPath,
    }),
  };
}

/** By the time that it is up, a published port may answer `/health` that no label names. */
async function findProbe(
  tools: RunTools,
  container: InspectedContainer,
  wishes: LabelWishes,
): Promise<Probe | undefined> {
  return probeFor(wishes, (await takeBaseline(tools, container, wishes)).probePort);
}

/** @returns why a probe that was found later is not answered well, where it is not */
async function answersWell(
  tools: RunTools,
  id: string,
  demand: HealthDemand,
  probe: Probe | undefined,
): Promise<string | undefined> {
  if (probe === undefined) return undefined;
  const health = await awaitHealth(tools, id, { ...demand, probe, stableFor: 0 });
  return health.kind === 'failed' ? tools.secrets.redact(health.reason) : undefined;
}

/** The ports that must be published; with another's network, or the host's, none is. */
function portsOf({ HostConfig: { NetworkMode, PortBindings } }: InspectedContainer): readonly string[] {
  if (/^(host|none|container:.*)$/.test(NetworkMode ?? '')) return [];
  return Object.entries(PortBindings ?? {}).flatMap(([port, bindings]) => (bindings?.length ? [port] : []));
}

/** Whether it was a task, and is done: nothing that it has says that it should go on. */
function isDone(container: InspectedContainer, probe: Probe | undefined): boolean {
  const { State: state, HostConfig, Config } = container;
  const restarts = /^(always|unless-stopped)$/.test(HostConfig.RestartPolicy?.Name ?? '');
  const isService = restarts || portsOf(container).length > 0 || probe !== undefined || Config.Healthcheck;
  return state.Status === 'exited' && state.ExitCode === 0 && !isService;
}
