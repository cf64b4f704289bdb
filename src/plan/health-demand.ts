/** Where an HTTP proof is asked for. */
export type Probe =
  /** A port of the container; where that is reached is looked up on the started container. */
  | { readonly at: 'port'; readonly port: number; readonly path: string }
  /** An address in full, which must lead to this machine or to the container itself. */
  | { readonly at: 'url'; readonly url: string };

/** What a container must show to count as healthy. Times in milliseconds. */
export interface HealthDemand {
  readonly probe: Probe | undefined;
  /** How long it may take until everything is well for the first time. */
  readonly timeout: number;
  /** How long it must then stay so. */
  readonly stableFor: number;
  /** The container ports that must be published, as in `8080/tcp`. */
  readonly ports: readonly string[];
  /** Whether the engine removes it when it stops (`--rm`). */
  readonly vanishes: boolean;
  /** The image id it must run. */
  readonly image: string;
  /** False for a container that was not healthy before: going back to it, running is all that can be asked. */
  readonly mustBeHealthy: boolean;
}

/** In milliseconds. */
const PATIENCE_GOING_BACK = 60_000;

/**
 * What one must show that is put back. It gets a minute at least: nothing better can take its place, and what made the
 * new one late, a machine that is busy, may make it late as well.
 */
export function demandOfRestored(demand: HealthDemand): HealthDemand {
  return { ...demand, timeout: Math.max(demand.timeout, PATIENCE_GOING_BACK) };
}

/** The probe in words: `GET /health on port 8080`. A query may hold a secret, so it is left out. */
export function formatProbe(probe: Probe): string {
  if (probe.at === 'port') return `GET ${probe.path.replace(/\?.*$/, '')} on port ${probe.port}`;
  const { protocol, host, pathname } = new URL(probe.url);
  return `GET ${protocol}//${host}${pathname}`;
}
