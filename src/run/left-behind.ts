import { writtenOutside } from '../container/written-outside.ts';
import type { RunTools } from './run-tools.ts';

const SHOWN = 3;

/** What a container keeps in its own layer, which goes with it: a sentence, or undefined if there is nothing. */
export async function leftBehind(
  { engine }: Pick<RunTools, 'engine'>,
  id: string,
): Promise<string | undefined> {
  const container = await engine.inspectContainer(id);
  if (container === undefined) return undefined;
  const written = writtenOutside(await engine.changesOf(id), container);
  if (written.length === 0) return undefined;
  const more = written.length > SHOWN ? ` and ${written.length - SHOWN} more` : '';
  return `Written outside its volumes, so not carried over: ${written.slice(0, SHOWN).join(', ')}${more}.`;
}
