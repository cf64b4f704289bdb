import type { Policy } from '../plan/policy.ts';
import type { Settings } from './settings.ts';

/** What the settings say of all containers. */
export function policyFrom(settings: Settings): Policy {
  return {
    watch: settings.REFRESHD_WATCH,
    healthTimeout: settings.REFRESHD_HEALTH_TIMEOUT,
    stableFor: settings.REFRESHD_STABLE_FOR,
    minAge: settings.REFRESHD_MIN_AGE,
    downgrade: settings.REFRESHD_DOWNGRADE,
    staleAfter: settings.REFRESHD_STALE_AFTER,
    keepImages: settings.REFRESHD_KEEP_IMAGES,
    signature: {
      verify: settings.REFRESHD_VERIFY ?? 'off',
      key: settings.REFRESHD_VERIFY_KEY,
      identity: settings.REFRESHD_VERIFY_IDENTITY,
      issuer: settings.REFRESHD_VERIFY_ISSUER,
      root: settings.REFRESHD_VERIFY_ROOT,
    },
    stopGrace: settings.REFRESHD_STOP_TIMEOUT,
  };
}
