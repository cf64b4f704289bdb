import { Failure } from '../../base/failure.ts';
import { knownSecrets } from '../known-secrets.ts';
import { bad, type Check, type Finding, type Place, skipped, type Verdict } from './check.ts';

/** Makes all checks, one after the other, and goes on whatever one of them comes to. */
export async function examine(checks: readonly Check[], place: Place): Promise<readonly Finding[]> {
  const found = new Map<Check, Finding>();
  for (const check of checks) {
    const missing = check.needs?.find(
      need => found.get(need)?.state !== 'ok' && found.get(need)?.state !== 'warn',
    );
    const { state, says, remedy } =
      missing === undefined ? await look(check, place) : skipped(`not without ${missing.what}`);
    found.set(check, {
      what: check.what,
      state,
      says: knownSecrets.redact(says),
      remedy: knownSecrets.redact(remedy),
    });
  }
  return [...found.values()];
}

async function look(check: Check, place: Place): Promise<Verdict> {
  try {
    return await check.look(place);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return bad(error.message, error.hint);
  }
}
