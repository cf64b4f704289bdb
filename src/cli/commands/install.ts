import { realpathSync } from 'node:fs';
import { systemClock } from '../../base/clock.ts';
import { findHost } from '../../service/find-host.ts';
import { ServiceError } from '../../service/service-error.ts';
import type { ServiceHost, ServiceState } from '../../service/service-host.ts';
import { carryOutProposal, type ProposalOptions } from '../carry-out-proposal.ts';
import { EXIT } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { readSession } from '../session.ts';
import { version } from '../version.ts';

export interface InstallOptions extends ProposalOptions {
  readonly user?: string;
  readonly linger: boolean;
}

/** How long a service gets to find out whether it reaches the engine, in milliseconds. */
const PATIENCE = 30_000;
const LOOK_AGAIN = 500;

/** `refreshd install`. @param file the command line interface's own file @returns the exit code */
export async function install(file: string, options: InstallOptions): Promise<number> {
  const { home, output } = await readSession(options);
  const host = findHost(process.env);
  const proposal = await host.proposeInstall({
    home: home.path,
    node: realpathSync(process.execPath),
    file: realpathSync(file),
    version: version(),
    environment: process.env,
    user: options.user,
    linger: options.linger,
  });
  const troubles = await carryOutProposal('install', proposal, output, options);
  const state = troubles === undefined ? undefined : await settledState(host);
  output.value({
    schema: 'refreshd.install/1',
    home: home.path,
    changes: proposal.changes,
    warnings: [...proposal.warnings, ...(troubles ?? [])],
    service: state ?? null,
  });
  for (const trouble of troubles ?? []) output.line(output.style('yellow', trouble));
  return state === undefined ? EXIT.fine : tell(state, output);
}

/** How the service is once it has looked for the engine, or given time to. @throws ServiceError if it does not run */
async function settledState(host: ServiceHost): Promise<ServiceState> {
  const end = systemClock.elapsed() + PATIENCE;
  for (;;) {
    const state = await host.look();
    const isSettled = state.isRunning && !/^Bringing to an end/.test(state.status ?? '');
    if (isSettled) return state;
    if (systemClock.elapsed() >= end) {
      if (state.isRunning) return state;
      throw new ServiceError('failed', `The service is installed, but it does not run: ${state.words}.`, {
        hint: 'Its last words are in logs/update.log, and in the journal of the system.',
      });
    }
    await systemClock.sleep(LOOK_AGAIN);
  }
}

function tell({ words, status }: ServiceState, output: Output): number {
  const isCutOff = status?.includes('could not be reached') ?? false;
  const line = `The service runs: ${words}.${status === undefined ? '' : ` ${status}`}`;
  output.line(output.style(isCutOff ? 'yellow' : 'green', line));
  return isCutOff ? EXIT.noEngine : EXIT.fine;
}
