import { within } from '../base/deadline.ts';
import { listedName } from '../container/inspected.ts';
import { parseRolloutName } from '../container/names.ts';
import { openDockerEngine } from '../engine/docker-engine.ts';
import { readDockerHost } from '../engine/docker-host.ts';

/** Somebody has pressed a key and waits; in milliseconds. */
const PATIENCE = 5000;

/** The names of the containers there are, for somebody who types; none where the engine does not tell at once. */
export async function containerNames(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const ask = async () => {
    const engine = await openDockerEngine(readDockerHost(environment));
    return (await engine.listContainers()).map(listedName);
  };
  try {
    const names = await within(PATIENCE, ask, () => new Error('the engine is slow'));
    return names.filter(name => parseRolloutName(name) === undefined).sort();
  } catch {
    // Between two words on a command line there is no place for what is wrong.
    return [];
  }
}
