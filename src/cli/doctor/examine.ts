import { within } from '../../base/deadline.ts';
import { Failure } from '../../base/failure.ts';
import { bugReport } from '../bug-report.ts';
import { knownSecrets } from '../known-secrets.ts';
import { bad, type Check, type Finding, type Place, type State, skipped, type Verdict } from './check.ts';

/** What each check came to. */
export type Findings = ReadonlyMap<Check, readonly Finding[]>;

/** What a check waits for has deadlines of its own; this is for what was not thought of. In milliseconds. */
const LONGEST = 60_000;

/**
 * Makes all checks, side by side but each after what it needs, and goes on whatever one of them comes to.
 * @param before what was found already
 * @param longest how long one check may take, in milliseconds
 */
export async function examine(
  checks: readonly Check[],
  place: Place,
  before: Findings = new Map(),
  longest = LONGEST,
): Promise<Findings> {
  const found = new Map<Check, Promise<readonly Finding[]>>();
  for (const [check, findings] of before) found.set(check, Promise.resolve(findings));
  const make = async (check: Check): Promise<readonly Finding[]> => {
    for (const need of check.needs ?? []) {
      const states = (await found.get(need))?.map(({ state }) => state) ?? [];
      if (!states.some(isEnough) || states.includes('bad'))
        return [skipped(`not without ${need.what}`)].map(verdict => findingOf(check, verdict));
    }
    return (await look(check, place, longest)).map(verdict => findingOf(check, verdict));
  };
  for (const check of checks) found.set(check, make(check));
  const entries = [...found].map(async ([check, findings]) => [check, await findings] as const);
  return new Map(await Promise.all(entries));
}

function isEnough(state: State): boolean {
  return state === 'ok' || state === 'warn';
}

function findingOf({ what }: Check, { state, says, remedy }: Verdict): Finding {
  return { what, state, says: knownSecrets.redact(says), remedy: knownSecrets.redact(remedy) };
}

async function look(check: Check, place: Place, longest: number): Promise<readonly Verdict[]> {
  const late = bad(
    `nothing was found out within ${longest / 1000} s`,
    'See what keeps it waiting: a disk, the network, or a program that is asked.',
  );
  const abandon = new Error('it took too long');
  try {
    const verdicts = await within(
      longest,
      () => check.look(place),
      () => abandon,
    );
    return Array.isArray(verdicts) ? verdicts : [verdicts as Verdict];
  } catch (error) {
    if (error === abandon) return [late];
    return [error instanceof Failure ? bad(error.message, error.hint) : bad(bugReport(error), '')];
  }
}
