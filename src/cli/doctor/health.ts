import { systemClock } from '../../base/clock.ts';
import { type HealthNow, lookAtHealth } from '../../run/look-at-health.ts';
import { knownSecrets } from '../known-secrets.ts';
import { bad, type Check, ok, skipped, type Verdict, warn } from './check.ts';
import { watchedContainers } from './watched-containers.ts';

export const health: Check = {
  what: 'health',
  needs: [watchedContainers],
  look: async place => {
    const { engine, identity } = await place.engine();
    const { REFRESHD_CONCURRENCY: concurrency } = await place.settings();
    const tools = {
      engine,
      identity,
      concurrency,
      http: place.http,
      clock: systemClock,
      secrets: knownSecrets,
    };
    const all = await lookAtHealth(tools, await place.survey());
    const healthy = all.filter(({ kind }) => kind === 'healthy');
    const others = all.filter(({ kind }) => kind !== 'healthy').map(verdictOn);
    if (healthy.length === 0) return others.length > 0 ? others : skipped('nothing to ask');
    return [ok(healthy.map(({ name, says }) => `${name}: ${says}`).join('; ')), ...others];
  },
};

function verdictOn({ name, kind, says, isNamed, ports }: HealthNow): Verdict {
  const words = `${name}: ${says}`;
  switch (kind) {
    case 'healthy':
      return ok(words);
    case 'stopped':
    case 'starting':
      return skipped(words);
    case 'unwell':
      return isNamed
        ? bad(words, `See docker logs ${name}; or correct its labels refreshd.health.port, .path or .url.`)
        : bad(words, `See docker logs ${name}. It is updated all the same, as that may be the cure.`);
    case 'unproven':
      return warn(
        `${words}; an update counts as good once it has run for a while`,
        `Name what answers by labels on ${name}: refreshd.health.port=${ports[0] ?? 8080} and refreshd.health.path=/health, with its own port and path. Or give it a HEALTHCHECK.`,
      );
  }
}
