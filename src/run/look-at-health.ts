import pLimit from 'p-limit';
import type { InspectedContainer } from '../container/inspected.ts';
import { publishedPorts } from '../container/published-ports.ts';
import { secretValues } from '../container/secret-values.ts';
import { probeFor } from '../plan/policy.ts';
import { runsWell, takeBaseline } from '../rollout/baseline.ts';
import { askProbe } from '../rollout/probe.ts';
import type { RolloutTools } from '../rollout/tools.ts';
import type { SurveyedContainer } from './survey.ts';

/** How a watched container is by all that an update would be proven by. */
export interface HealthNow {
  readonly name: string;
  /**
   * - `healthy`: what is asked of it answers, `/health` and its HEALTHCHECK, as far as it has them
   * - `unproven`: nothing can be asked of it
   * - `starting`: its HEALTHCHECK has not come to anything yet
   * - `unwell`: what is asked of it fails, or it was restarted just now
   * - `stopped`: it does not run
   */
  readonly kind: 'healthy' | 'unproven' | 'starting' | 'unwell' | 'stopped';
  /** In words, without a full stop. */
  readonly says: string;
  /** Whether a label names what is asked. */
  readonly isNamed: boolean;
  /** Its published TCP ports. */
  readonly ports: readonly number[];
}

type Tools = Pick<RolloutTools, 'engine' | 'identity' | 'clock' | 'http' | 'secrets'> & {
  readonly concurrency: number;
};

/** Asks every watched container what the next update of it would begin with. */
export async function lookAtHealth(
  tools: Tools,
  survey: readonly SurveyedContainer[],
): Promise<readonly HealthNow[]> {
  const watched = survey.filter(({ selection }) => selection.kind === 'watched');
  const looks = await pLimit(tools.concurrency).map(watched, async ({ id, name, wishes }) => {
    const container = await tools.engine.inspectContainer(id);
    if (container === undefined) return [];
    tools.secrets.learn(secretValues(container.Config));
    const ports = publishedPorts(container)
      .filter(port => port.endsWith('/tcp'))
      .map(port => Number.parseInt(port, 10));
    const isNamed = probeFor(wishes, undefined) !== undefined;
    return [{ name, ports, isNamed, ...(await healthOf(tools, container, wishes)) }];
  });
  return looks.flat();
}

async function healthOf(
  tools: Tools,
  container: InspectedContainer,
  wishes: SurveyedContainer['wishes'],
): Promise<Pick<HealthNow, 'kind' | 'says'>> {
  const { State: state } = container;
  if (!state.Running) return { kind: 'stopped', says: 'it does not run' };
  const checked = state.Health?.Status;
  if (checked === 'unhealthy') return { kind: 'unwell', says: 'its HEALTHCHECK says unhealthy' };
  if (!runsWell(container, tools.clock.now()))
    return { kind: 'unwell', says: 'it was restarted just now, having ended by itself' };
  const named = probeFor(wishes, undefined);
  const answer = named && (await askProbe(tools.http, named, container, tools.identity.address));
  if (answer?.ok === false) return { kind: 'unwell', says: answer.says };
  if (checked === 'starting') return { kind: 'starting', says: 'its HEALTHCHECK is not through yet' };
  if (answer !== undefined) return { kind: 'healthy', says: answer.says };
  const { probePort } = await takeBaseline(tools, container, wishes);
  if (probePort !== undefined) return { kind: 'healthy', says: `/health answers on port ${probePort}` };
  return checked === 'healthy'
    ? { kind: 'healthy', says: 'its HEALTHCHECK says healthy' }
    : { kind: 'unproven', says: 'it has no HEALTHCHECK, and no published port answers /health' };
}
