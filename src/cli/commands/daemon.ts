import { systemClock } from '../../base/clock.ts';
import { startChildren } from '../../daemon/child-processes.ts';
import { keep } from '../../daemon/keep.ts';
import { listenForSignals } from '../../daemon/signals.ts';
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
  return keep({
    children: startChildren(program, passedOn),
    clock: systemClock,
    signals: listenForSignals(),
  });
}
