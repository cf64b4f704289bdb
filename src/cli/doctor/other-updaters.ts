import { cleanText } from '../../base/clean-text.ts';
import { type ContainerSummary, isShownById, listedName } from '../../container/inspected.ts';
import { otherUpdater, PODMAN_AUTO_UPDATE } from '../../container/other-updaters.ts';
import type { Engine } from '../../engine/engine.ts';
import { type Check, ok, type Verdict, warn } from './check.ts';
import { engineReachable } from './engine-reachable.ts';
import { watchedContainers } from './watched-containers.ts';

/** Two that update the same containers undo each other's work, and neither can go back any more. */
export const otherUpdaters: Check = {
  what: 'other updaters',
  needs: [engineReachable],
  look: async place => {
    const { engine } = await place.engine();
    const running = (await place.containers()).filter(({ State }) =>
      /^(running|restarting|paused)$/.test(State),
    );
    const found = (await Promise.all(running.map(each => lookAt(engine, each)))).flat();
    const troubles = found.filter(({ state }) => state !== 'ok');
    if (troubles.length > 0) return troubles;
    return ok(found.length === 0 ? 'none' : found.map(({ says }) => says).join('; '));
  },
};

async function lookAt(engine: Engine, container: ContainerSummary): Promise<readonly Verdict[]> {
  const isKnown = otherUpdater({ image: container.Image, env: [], args: [] }) !== undefined;
  if (!isKnown && !isShownById(container)) return [];
  const { Config: config } = (await engine.inspectContainer(container.Id)) ?? {};
  if (config === undefined) return [];
  const args = [...words(config['Entrypoint']), ...words(config['Cmd'])];
  const found = otherUpdater({ image: config.Image ?? container.Image, env: config.Env ?? [], args });
  const name = listedName(container);
  if (found === undefined) return [];
  if (!found.updates) return [ok(`${found.called} in ${name}: ${found.because}`)];
  return [
    warn(
      `${found.called}, in container ${name}, updates containers of this engine, too: the two would fight`,
      `Stop it: docker stop ${name}. Or leave it what it shall have: label those containers refreshd.enable=false, and have it leave the others.`,
    ),
  ];
}

function words(command: unknown): readonly string[] {
  return Array.isArray(command) ? command.filter(each => typeof each === 'string') : [];
}

/** Podman's timer goes by a label. */
export const podmanAutoUpdate: Check = {
  what: 'podman auto-update',
  needs: [watchedContainers],
  look: async place => {
    const watched = new Set(
      (await place.survey()).flatMap(({ id, selection }) => (selection.kind === 'watched' ? [id] : [])),
    );
    const labelled = (await place.containers()).filter(
      ({ Id, Labels }) => watched.has(Id) && PODMAN_AUTO_UPDATE in Labels,
    );
    if (labelled.length === 0) return ok('no watched container is left to it');
    return labelled.map(each => {
      const value = cleanText(each.Labels[PODMAN_AUTO_UPDATE] ?? '', 30);
      const name = listedName(each);
      return warn(
        `${name}: label ${PODMAN_AUTO_UPDATE}=${value} leaves it to podman auto-update, too: the two would fight`,
        `Remove that label, or label ${name} refreshd.enable=false.`,
      );
    });
  },
};
