import { carryOut } from '../service/carry-out.ts';
import { type Change, renderChange } from '../service/change.ts';
import { openRunProgram } from '../service/run-program.ts';
import { ServiceError } from '../service/service-error.ts';
import type { Proposal } from '../service/service-host.ts';
import { confirm } from './confirm.ts';
import type { Output } from './output.ts';
import type { GlobalOptions } from './session.ts';

export interface ProposalOptions extends GlobalOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/**
 * Shows what would be done, asks, and does it.
 * @param verb what this is called: "install"
 * @returns the warnings of the doing; undefined if nothing was done, because it is a dry run
 * @throws ServiceError
 */
export async function carryOutProposal(
  verb: string,
  { what, home, changes, warnings }: Proposal,
  output: Output,
  { yes = false, dryRun = false }: ProposalOptions,
): Promise<readonly string[] | undefined> {
  output.line(output.style('bold', `To ${verb} ${what}, for ${home}:`));
  for (const change of changes) for (const line of linesFor(change)) output.line(`  ${line}`);
  for (const warning of warnings) output.line(output.style('yellow', warning));
  if (dryRun) {
    output.line('Nothing was changed, as --dry-run says.');
    return undefined;
  }
  if (!yes) await ask(output);
  return carryOut(changes, openRunProgram(process.env));
}

async function ask(output: Output): Promise<void> {
  if (!output.isTerminal || !process.stdin.isTTY)
    throw new ServiceError('not-confirmed', 'Nobody can be asked here, so nothing was changed.', {
      hint: 'Add --yes to do it, or --dry-run to see it.',
    });
  if (!(await confirm('Do it?'))) throw new ServiceError('not-confirmed', 'Nothing was changed.');
}

function linesFor(change: Change): readonly string[] {
  if (change.kind !== 'write') return [renderChange(change)];
  const text = change.text.trimEnd().split('\n');
  return [renderChange(change), ...text.map(line => `    ${line}`)];
}
