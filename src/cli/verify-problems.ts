/** The settings of signatures, as far as they were given. */
export interface VerifySettings {
  readonly REFRESHD_VERIFY?: 'off' | 'key' | 'keyless' | undefined;
  readonly REFRESHD_VERIFY_KEY?: string | undefined;
  readonly REFRESHD_VERIFY_IDENTITY?: string | undefined;
  readonly REFRESHD_VERIFY_ISSUER?: string | undefined;
  readonly REFRESHD_VERIFY_ROOT?: string | undefined;
}

const DETAILS = [
  'REFRESHD_VERIFY_KEY',
  'REFRESHD_VERIFY_IDENTITY',
  'REFRESHD_VERIFY_ISSUER',
  'REFRESHD_VERIFY_ROOT',
] as const;

/** What of these settings does not go together: sentences without a full stop. */
export function verifyProblems(settings: VerifySettings): readonly string[] {
  const given = DETAILS.filter(key => settings[key] !== undefined);
  switch (settings.REFRESHD_VERIFY) {
    case undefined:
      // Whoever names a key and forgets to say so must not believe that signatures are looked at.
      return given.length === 0
        ? []
        : [
            `${given.join(', ')}: REFRESHD_VERIFY must say what for: key or keyless; or off, if only labels ask for signatures`,
          ];
    case 'off':
      return [];
    case 'key':
      return needed(settings, 'REFRESHD_VERIFY_KEY');
    case 'keyless':
      return needed(settings, 'REFRESHD_VERIFY_IDENTITY', 'REFRESHD_VERIFY_ISSUER');
    default:
      return settings.REFRESHD_VERIFY satisfies never;
  }
}

function needed(settings: VerifySettings, ...keys: readonly (typeof DETAILS)[number][]): readonly string[] {
  return keys
    .filter(key => settings[key] === undefined)
    .map(key => `REFRESHD_VERIFY=${settings.REFRESHD_VERIFY} needs ${key}`);
}
