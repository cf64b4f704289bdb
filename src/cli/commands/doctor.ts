import type { State } from '../doctor/check.ts';
import { CHECKS } from '../doctor/checks.ts';
import { examine } from '../doctor/examine.ts';
import { openPlace } from '../doctor/open-place.ts';
import { EXIT } from '../exit-codes.ts';
import { type Output, openOutput } from '../output.ts';
import type { GlobalOptions } from '../session.ts';

const COLORS: Readonly<Record<State, Parameters<Output['style']>[0]>> = {
  ok: 'green',
  warn: 'yellow',
  bad: 'red',
  skipped: 'dim',
};

/** `refreshd doctor`: changes nothing. @returns the exit code */
export async function doctor(options: GlobalOptions): Promise<number> {
  const output = openOutput({
    json: options.json ?? false,
    color: options.color,
    noColor: process.env['NO_COLOR'],
  });
  const findings = await examine(
    CHECKS,
    openPlace(options.home ?? process.env['REFRESHD_HOME'], process.env),
  );
  output.value({ schema: 'refreshd.doctor/1', checks: findings });
  output.table(
    ['', 'WHAT', 'FOUND'],
    findings.map(({ what, state, says }) => [output.style(COLORS[state], state), what, says]),
  );
  for (const { what, remedy } of findings) if (remedy !== '') output.line(`${what}: ${remedy}`);
  return findings.some(({ state }) => state === 'bad') ? EXIT.failed : EXIT.fine;
}
