import { actAsOwner } from '../act-as-owner.ts';
import type { Finding, State } from '../doctor/check.ts';
import { CHECKS_AS_ONESELF, CHECKS_AS_OWNER } from '../doctor/checks.ts';
import { examine } from '../doctor/examine.ts';
import { openPlace } from '../doctor/open-place.ts';
import { EXIT } from '../exit-codes.ts';
import { HomeError } from '../home.ts';
import type { Output } from '../output.ts';
import { type GlobalOptions, homeOf, openCommandOutput } from '../session.ts';

const COLORS: Readonly<Record<State, Parameters<Output['style']>[0]>> = {
  ok: 'green',
  warn: 'yellow',
  bad: 'red',
  skipped: 'dim',
};

/** `refreshd doctor`: changes nothing. @returns the exit code */
export async function doctor(options: GlobalOptions): Promise<number> {
  const output = openCommandOutput(options);
  const findings = await findAll(options);
  output.value({ schema: 'refreshd.doctor/1', checks: findings });
  output.table(
    ['', 'WHAT', 'FOUND'],
    findings.map(({ what, state, says }) => [output.style(COLORS[state], state), what, says]),
  );
  const remedies = findings.flatMap(({ what, remedy }) => (remedy === '' ? [] : [`${what}: ${remedy}`]));
  for (const remedy of new Set(remedies)) output.line(remedy);
  return findings.some(({ state }) => state === 'bad') ? EXIT.failed : EXIT.fine;
}

/** Root looks at its own first, and at the rest as the user whose state the home holds. */
async function findAll(options: GlobalOptions): Promise<readonly Finding[]> {
  const place = openPlace(options.home ?? process.env['REFRESHD_HOME'], process.env);
  const own = await examine(CHECKS_AS_ONESELF, place);
  await becomeOwner(options);
  const all = await examine(CHECKS_AS_OWNER, place, own);
  return [...all.values()].flat();
}

async function becomeOwner(options: GlobalOptions): Promise<void> {
  try {
    await actAsOwner(homeOf(options).path);
  } catch (error) {
    // That there is no home was found out already.
    if (!(error instanceof HomeError)) throw error;
  }
}
