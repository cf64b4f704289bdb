import pLimit from 'p-limit';
import { buildImage, buildLayer } from './image.ts';
import type { Lab } from './lab.ts';
import { publish } from './publish.ts';

/** A container that only stands there. */
export interface StillContainer {
  readonly name: string;
  readonly reference: string;
}

const TINY = buildLayer([{ path: 'nothing', mode: 0o644 }]);
/** So many requests to the engine at a time. */
const SIDE_BY_SIDE = 4;

/**
 * Publishes an image of next to nothing for each reference, which differs from the others in its configuration alone,
 * and has the engine pull it.
 */
export async function offerStill(lab: Lab, references: readonly string[]): Promise<void> {
  await pLimit(SIDE_BY_SIDE).map(references, async reference => {
    const [, host = '', repository = '', tag = ''] = /^([^/]+)\/(.+):(.+)$/.exec(reference) ?? [];
    const image = buildImage([await TINY], { Cmd: ['/nothing'], Labels: { repository } });
    await publish({ host }, repository, tag, image);
    await lab.pull(reference);
  });
}

/**
 * Creates containers with no network that are never started: what they do makes no difference to whoever only looks at
 * them, and a thousand of them take a few seconds.
 */
export async function createStill(lab: Lab, containers: readonly StillContainer[]): Promise<void> {
  await pLimit(SIDE_BY_SIDE).map(containers, ({ name, reference }) =>
    lab.run(name, { Image: reference, HostConfig: { NetworkMode: 'none' } }, false),
  );
}

/** Removes all containers, quicker than one after the other. */
export async function removeStill({ api }: Lab): Promise<void> {
  const { body } = await api('GET', '/containers/json?all=1');
  await pLimit(SIDE_BY_SIDE).map(body as { Id: string }[], ({ Id }) =>
    api('DELETE', `/containers/${Id}?force=1`),
  );
}
