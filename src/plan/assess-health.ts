import { cleanText } from '../base/clean-text.ts';
import { formatDuration } from '../base/duration.ts';
import type { InspectedContainer } from '../container/inspected.ts';
import type { HealthDemand } from './health-demand.ts';
import type { Blame } from './rollout.ts';

/** One look at a container: what the engine says, and what its `/health` answered, if it was asked. */
export interface HealthSighting {
  /** On the clock that only grows, in milliseconds. */
  readonly at: number;
  readonly container: InspectedContainer | undefined;
  readonly answer: { readonly ok: boolean; readonly says: string } | undefined;
}

/** What is remembered from one look to the next. */
export interface HealthProgress {
  readonly since: number;
  /** `StartedAt` and `RestartCount` at the first look; others mean that it was restarted. */
  readonly first: { readonly startedAt: string | undefined; readonly restarts: number } | undefined;
  readonly goodAnswers: number;
  /** When its HEALTHCHECK said healthy for the first time. */
  readonly checkedAt: number | undefined;
  /** When everything was well for the first time without a break since. */
  readonly wellSince: number | undefined;
  /** Whether everything was well at least once. */
  readonly everWell: boolean;
  /** When `/health` gave its first good answer (or, without one, when it was first seen running). */
  readonly firstWell: number | undefined;
  readonly lastTrouble: string;
}

export type HealthVerdict =
  | { readonly kind: 'waiting'; readonly progress: HealthProgress }
  | { readonly kind: 'proven'; readonly progress: HealthProgress }
  | { readonly kind: 'failed'; readonly reason: string; readonly blame: Blame };

/** Good answers in a row before `/health` counts as well. */
const ANSWERS_IN_A_ROW = 3;

export function beginWatching(at: number): HealthProgress {
  return {
    since: at,
    first: undefined,
    goodAnswers: 0,
    checkedAt: undefined,
    wellSince: undefined,
    everWell: false,
    firstWell: undefined,
    lastTrouble: 'it was not seen running',
  };
}

/**
 * Judges one look at a container that was just started. "Running" alone proves nothing: in a crash loop it reads
 * true nearly all the time, so a restart, an out-of-memory kill, a lost port or an unhealthy HEALTHCHECK fails at
 * once, and everything must then stay well for as long as the demand says.
 */
export function assessHealth(
  demand: HealthDemand,
  before: HealthProgress,
  sighting: HealthSighting,
): HealthVerdict {
  const { container } = sighting;
  if (container === undefined) return { kind: 'failed', ...whyGone(demand) };
  const first = before.first ?? lifeOf(container);
  const broken = whatBroke(container, demand, first);
  if (broken !== undefined) return { kind: 'failed', ...broken };

  const progress = lookAgain(demand, { ...before, first }, sighting, container);
  if (progress.wellSince !== undefined) {
    return { kind: sighting.at - progress.wellSince >= demand.stableFor ? 'proven' : 'waiting', progress };
  }
  // One that faltered while it had to stay well gets as much time again to recover.
  const limit = timeLimit(demand, container, progress) + (progress.everWell ? demand.stableFor : 0);
  if (sighting.at - before.since < limit) return { kind: 'waiting', progress };
  return {
    kind: 'failed',
    reason: `not healthy after ${formatDuration(limit)}: ${progress.lastTrouble}`,
    blame: 'image',
  };
}

/** One that the engine removes when it stops was not removed by somebody. */
function whyGone({ vanishes }: HealthDemand): { readonly reason: string; readonly blame: Blame } {
  return vanishes
    ? { reason: 'it stopped by itself, and the engine removed it (--rm)', blame: 'image' }
    : { reason: 'somebody removed the container while it was watched', blame: 'environment' };
}

/** What can never become well again by waiting. */
function whatBroke(
  container: InspectedContainer,
  demand: HealthDemand,
  first: NonNullable<HealthProgress['first']>,
): { readonly reason: string; readonly blame: Blame } | undefined {
  const { State: state } = container;
  if (container.Image !== demand.image) {
    return { reason: 'it runs another image than the one that was decided on', blame: 'environment' };
  }
  // Of one that was ill before, nothing more is asked than that it runs as it did.
  if (!demand.mustBeHealthy)
    return state.Running || state.Restarting
      ? undefined
      : { reason: `it stopped by itself${exitOf(container)}`, blame: 'image' };
  if (state.OOMKilled) return { reason: 'it was killed for want of memory', blame: 'image' };
  const { startedAt, restarts } = lifeOf(container);
  if (state.Restarting || restarts !== first.restarts || (state.Running && startedAt !== first.startedAt)) {
    return { reason: `it crashed and was restarted${exitOf(container)}`, blame: 'image' };
  }
  if (!state.Running) return { reason: `it stopped by itself${exitOf(container)}`, blame: 'image' };
  if (state.Health?.Status === 'unhealthy') {
    return { reason: `its HEALTHCHECK says unhealthy${lastOutput(container)}`, blame: 'image' };
  }
  const lost = lostPort(container, demand.ports);
  if (lost !== undefined)
    return { reason: `port ${lost} was not published by the engine`, blame: 'environment' };
  return undefined;
}

function lifeOf(container: InspectedContainer): NonNullable<HealthProgress['first']> {
  return { startedAt: container.State.StartedAt ?? undefined, restarts: container.RestartCount };
}

function lookAgain(
  demand: HealthDemand,
  before: HealthProgress,
  { at, answer }: HealthSighting,
  container: InspectedContainer,
): HealthProgress {
  const goodAnswers = answer?.ok === false ? 0 : before.goodAnswers + (answer === undefined ? 0 : 1);
  const trouble = demand.mustBeHealthy
    ? (checkTrouble(container) ?? answerTrouble(demand, goodAnswers, answer, before))
    : undefined;
  const isWell = trouble === undefined;
  const answers = demand.probe === undefined || goodAnswers > 0;
  return {
    ...before,
    goodAnswers,
    checkedAt: before.checkedAt ?? (container.State.Health?.Status === 'healthy' ? at : undefined),
    firstWell: before.firstWell ?? (answers ? at : undefined),
    wellSince: isWell ? (before.wellSince ?? at) : undefined,
    everWell: before.everWell || isWell,
    lastTrouble: trouble ?? before.lastTrouble,
  };
}

function checkTrouble({ State: state }: InspectedContainer): string | undefined {
  const status = state.Health?.Status ?? 'none';
  return status === 'none' || status === 'healthy' ? undefined : `its HEALTHCHECK says ${status}`;
}

function answerTrouble(
  demand: HealthDemand,
  goodAnswers: number,
  answer: HealthSighting['answer'],
  before: HealthProgress,
): string | undefined {
  if (demand.probe === undefined || goodAnswers >= ANSWERS_IN_A_ROW) return undefined;
  return answer?.says ?? before.lastTrouble;
}

/** The demand's own limit, or longer where the HEALTHCHECK cannot have spoken by then: once it has, from then on. */
function timeLimit(demand: HealthDemand, container: InspectedContainer, progress: HealthProgress): number {
  if (progress.checkedAt !== undefined) return progress.checkedAt - progress.since + demand.timeout;
  const check = container.Config.Healthcheck;
  if (!demand.mustBeHealthy || check === null || check === undefined || check.Test?.[0] === 'NONE')
    return demand.timeout;
  const { StartPeriod, Interval, Timeout, Retries } = check;
  const milliseconds = (nanoseconds: number | null | undefined, fallback: number) =>
    (nanoseconds || fallback) / 1e6;
  const each = milliseconds(Interval, 30e9) + milliseconds(Timeout, 30e9);
  const spoken = milliseconds(StartPeriod, 0) + ((Retries || 3) + 1) * each + 5000;
  return Math.max(demand.timeout, spoken);
}

/** A published port can silently vanish: start succeeds, and nothing listens. */
function lostPort(container: InspectedContainer, wanted: readonly string[]): string | undefined {
  const published = container.NetworkSettings.Ports ?? {};
  return wanted.find(port => (published[port]?.length ?? 0) === 0);
}

/** How it ended; once it runs again, the engine says 0 whatever that was. */
function exitOf({ State: state }: InspectedContainer): string {
  if (state.Running && !state.Restarting) return '';
  const words = state.Error ? `, ${cleanText(state.Error)}` : '';
  return ` (exit code ${state.ExitCode ?? 'unknown'}${words})`;
}

function lastOutput(container: InspectedContainer): string {
  const output = cleanText(container.State.Health?.Log?.at(-1)?.Output ?? '');
  return output === '' ? '' : `: ${output}`;
}
