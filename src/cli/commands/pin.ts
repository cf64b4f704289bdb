import { type PinChange, pinContainer, unpinContainer } from '../../run/pin-container.ts';
import type { RunTools } from '../../run/run-tools.ts';
import { type GlobalOptions, openSession, work } from '../session.ts';

/** `refreshd pin NAME [DIGEST]`. @returns the exit code */
export async function pin(name: string, digest: string | undefined, options: GlobalOptions): Promise<number> {
  return change('pin', options, tools => pinContainer(tools, name, digest));
}

/** `refreshd unpin NAME`. @returns the exit code */
export async function unpin(name: string, options: GlobalOptions): Promise<number> {
  return change('unpin', options, tools => unpinContainer(tools, name));
}

/** Under the locks of a run, so that none that is under way goes by the pin as it was. */
async function change(
  doing: 'pin' | 'unpin',
  options: GlobalOptions,
  make: (tools: RunTools) => Promise<PinChange>,
): Promise<number> {
  const session = await openSession(options);
  const { words, ...changed } = await work(session, { doing, scheduled: false }, make);
  session.output.value({ schema: `refreshd.${doing}/1`, ...changed });
  session.output.line(`${changed.container}: ${words}`);
  return 0;
}
