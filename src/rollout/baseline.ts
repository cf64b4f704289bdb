import type { InspectedContainer } from '../container/inspected.ts';
import type { LabelWishes } from '../container/labels.ts';
import { publishedPorts } from '../container/published-ports.ts';
import { DEFAULT_HEALTH_PATH, probeFor } from '../plan/policy.ts';
import { askProbe } from './probe.ts';
import type { RolloutTools } from './tools.ts';

/** How a container is before anything is done to it: what the new one has to match. */
export interface Baseline {
  readonly wasHealthy: boolean;
  /** The container port on which `/health` answered, where no label names one. */
  readonly probePort: number | undefined;
}

/** One that was restarted by the engine counts as well again after this many milliseconds. */
const LONG_ENOUGH = 60_000;

/** Looks at a running container once: its HEALTHCHECK, its labels' probe, or a published port that answers. */
export async function takeBaseline(
  tools: Pick<RolloutTools, 'http' | 'identity' | 'clock'>,
  container: InspectedContainer,
  wishes: LabelWishes,
): Promise<Baseline> {
  if (!container.State.Running) return { wasHealthy: true, probePort: undefined };
  const isWell = runsWell(container, tools.clock.now());
  const ask = (probe: Parameters<typeof askProbe>[1]) =>
    askProbe(tools.http, probe, container, tools.identity.address);

  const labelled = probeFor(wishes, undefined);
  if (labelled !== undefined) return { wasHealthy: isWell && (await ask(labelled)).ok, probePort: undefined };
  for (const published of publishedPorts(container).filter(each => each.endsWith('/tcp'))) {
    const port = Number.parseInt(published, 10);
    const answer = await ask({ at: 'port', port, path: wishes.healthPath ?? DEFAULT_HEALTH_PATH });
    if (answer.ok) return { wasHealthy: isWell, probePort: port };
  }
  return { wasHealthy: isWell, probePort: undefined };
}

/** Whether a running container does well by all that the engine says of it. @param now milliseconds since 1970 */
export function runsWell(container: InspectedContainer, now: number): boolean {
  const { Restarting, Health } = container.State;
  return !Restarting && Health?.Status !== 'unhealthy' && !crashedJustNow(container, now);
}

/** In a crash loop a container is up nearly all the time, but never for long. */
function crashedJustNow({ State, RestartCount }: InspectedContainer, now: number): boolean {
  return RestartCount > 0 && now - Date.parse(State.StartedAt ?? '') < LONG_ENOUGH;
}
