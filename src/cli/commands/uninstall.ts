import { existsSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hasOpenRollouts } from '../../journal/file-journal.ts';
import { findHost } from '../../service/find-host.ts';
import { ServiceError } from '../../service/service-error.ts';
import { carryOutProposal, type ProposalOptions } from '../carry-out-proposal.ts';
import { EXIT } from '../exit-codes.ts';
import { openCommandOutput } from '../session.ts';

export interface UninstallOptions extends ProposalOptions {
  readonly purge?: boolean;
}

/** `refreshd uninstall`: of whatever home the service is, unless one is named. @returns the exit code */
export async function uninstall(options: UninstallOptions): Promise<number> {
  const output = openCommandOutput(options);
  const { purge = false } = options;
  const home = options.home === undefined ? undefined : pathOf(options.home);
  const proposal = await findHost(process.env).proposeRemoval({ home, purge });
  if (proposal === undefined) {
    output.value({ schema: 'refreshd.uninstall/1', home: null, changes: [], warnings: [], left: [] });
    output.line('No service of yours is installed here.');
    return EXIT.fine;
  }
  if (purge && (await hasOpenRollouts(join(proposal.home, 'state'))))
    throw new ServiceError(
      'unsuitable',
      'A rollout is unfinished, and its way back is in the state folder.',
      {
        hint: 'Run refreshd recover first, or leave --purge out.',
      },
    );
  const troubles = await carryOutProposal('uninstall', proposal, output, options);
  const left = proposal.left.filter(path => existsSync(path));
  const warnings = [...proposal.warnings, ...(troubles ?? [])];
  const { changes } = proposal;
  output.value({ schema: 'refreshd.uninstall/1', home: proposal.home, changes, warnings, left });
  for (const trouble of troubles ?? []) output.line(output.style('yellow', trouble));
  if (troubles === undefined) return EXIT.fine;
  output.line('The service is gone.');
  if (left.length > 0) output.line(`Left: ${left.join(', ')}. With --purge they go too.`);
  output.line('Left on the engine: images kept for a rollback, if any (docker images refreshd-kept).');
  return EXIT.fine;
}

/** Links resolved, as the service knows it; the folder itself may be gone. */
function pathOf(home: string): string {
  return existsSync(home) ? realpathSync(home) : resolve(home);
}
