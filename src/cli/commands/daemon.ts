import { systemClock } from '../../base/clock.ts';
import { startChildren } from '../../daemon/child-processes.ts';
import { keep } from '../../daemon/keep.ts';
import { listenForSignals } from '../../daemon/signals.ts';
import { openSupervisor } from '../../daemon/supervisor.ts';
import type { GlobalOptions } from '../session.ts';

/**
 * `refreshd daemon`. Nothing else is imported here: what this process holds, it holds for weeks.
 * @param program the command line interface's own file
 */
export async function daemon(program: string, options: GlobalOptions): Promise<number> {
  const passedOn = [
    ...(options.home === undefined ? [] : ['--home', options.home]),
    ...(options.color ? [] : ['--no-color']),
  ];
  const { NOTIFY_SOCKET, PATH } = process.env;
  // The daemon is what is supervised; its children are its own business.
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete process.env[name];
  return keep({
    children: startChildren(program, passedOn),
    clock: systemClock,
    signals: listenForSignals(),
    supervisor: openSupervisor({ NOTIFY_SOCKET, PATH }),
  });
}
