import { cleanText } from '../../base/clean-text.ts';
import { type ContainerSummary, listedName } from '../../container/inspected.ts';
import { readLabels, unknownLabels } from '../../container/labels.ts';
import { parseRolloutName } from '../../container/names.ts';
import { userLabels } from '../../container/user-labels.ts';
import type { Engine } from '../../engine/engine.ts';
import { bad, type Check, ok, type Verdict, warn } from './check.ts';
import { engineReachable } from './engine-reachable.ts';

/** Of all containers: one whose refreshd.enable is misspelt is not among those that are watched. */
export const containerLabels: Check = {
  what: 'labels',
  needs: [engineReachable],
  look: async place => {
    const { engine } = await place.engine();
    const all = (await place.containers()).filter(each => parseRolloutName(listedName(each)) === undefined);
    const names = new Set(all.map(listedName));
    const labelled = all.filter(({ Labels }) => Object.keys(Labels).some(key => /^refreshd/i.test(key)));
    const troubles = await Promise.all(labelled.map(each => lookAt(engine, each, names)));
    return troubles.flat().length > 0
      ? troubles.flat()
      : ok(
          labelled.length === 0
            ? 'no container has one'
            : `understood, on ${labelled.map(listedName).join(', ')}`,
        );
  },
};

async function lookAt(
  engine: Engine,
  container: ContainerSummary,
  names: ReadonlySet<string>,
): Promise<readonly Verdict[]> {
  const image = await engine.inspectImage(container.ImageID);
  const labels = userLabels(container.Labels, image?.Config.Labels ?? {});
  const { wishes, problems } = readLabels(labels);
  const name = listedName(container);
  const notUnderstood = problems.map(problem =>
    bad(`${name}: ${problem}`, `Correct it, and make ${name} anew; until then it is not updated.`),
  );
  const unknown = unknownLabels(labels).map(({ label, meant }) =>
    warn(
      `${name}: there is no label ${cleanText(label, 80)}`,
      meant === undefined
        ? 'README.md lists those there are; this one counts for nothing.'
        : `Did you mean ${meant}?`,
    ),
  );
  const nobody = (wishes.dependsOn ?? []).filter(each => !names.has(each));
  const missing = nobody.map(each =>
    warn(
      `${name}: label refreshd.depends-on names ${each}, and no container is called that`,
      `Write the name as docker ps shows it, not that of the service, or leave it out.`,
    ),
  );
  return [...notUnderstood, ...unknown, ...missing];
}
