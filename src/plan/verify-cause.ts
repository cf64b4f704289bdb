import { formatDuration } from '../base/duration.ts';
import { formatProbe, type HealthDemand } from './health-demand.ts';

/** What a proof consists of, in words. */
export function verifyCause({ probe, stableFor }: HealthDemand): string {
  const asked = probe === undefined ? 'no /health is known: running without a restart' : formatProbe(probe);
  return `${asked}, and its HEALTHCHECK if it has one; then stable for ${formatDuration(stableFor)}`;
}
