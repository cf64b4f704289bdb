import type { InspectedContainer } from '../container/inspected.ts';
import type { LabelWishes } from '../container/labels.ts';
import { DEFAULT_HEALTH_PATH, probeFor } from '../plan/policy.ts';
import { askProbe } from './probe.ts';
import type { RolloutTools } from './tools.ts';

/** How a container is before anything is done to it: what the new one has to match. */
export interface Baseline {
  readonly wasHealthy: boolean;
  /** The container port on which `/health` answered, where no label names one. */
  readonly probePort: number | undefined;
}

/** Looks at a running container once: its HEALTHCHECK, its labels' probe, or a published port that answers. */
export async function takeBaseline(
  tools: Pick<RolloutTools, 'http' | 'identity'>,
  container: InspectedContainer,
  wishes: LabelWishes,
): Promise<Baseline> {
  const { State: state } = container;
  if (!state.Running) return { wasHealthy: true, probePort: undefined };
  const runsWell = !state.Restarting && state.Health?.Status !== 'unhealthy';
  const ask = (probe: Parameters<typeof askProbe>[1]) =>
    askProbe(tools.http, probe, container, tools.identity.address);

  const labelled = probeFor(wishes, undefined);
  if (labelled !== undefined)
    return { wasHealthy: runsWell && (await ask(labelled)).ok, probePort: undefined };
  for (const port of publishedPorts(container)) {
    const answer = await ask({ at: 'port', port, path: wishes.healthPath ?? DEFAULT_HEALTH_PATH });
    if (answer.ok) return { wasHealthy: runsWell, probePort: port };
  }
  return { wasHealthy: runsWell, probePort: undefined };
}

function publishedPorts(container: InspectedContainer): number[] {
  return Object.entries(container.NetworkSettings.Ports ?? {})
    .filter(([port, bindings]) => port.endsWith('/tcp') && (bindings?.length ?? 0) > 0)
    .map(([port]) => Number.parseInt(port, 10));
}
