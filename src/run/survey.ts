import pLimit from 'p-limit';
import { openRealPath } from '../base/real-path.ts';
import {
  type ContainerSummary,
  type InspectedImage,
  isShownById,
  listedName,
} from '../container/inspected.ts';
import { type LabelWishes, readLabels } from '../container/labels.ts';
import { type OwnPlace, whyOwnListed } from '../container/own-place.ts';
import { composeFolder } from '../container/ownership.ts';
import { userLabels } from '../container/user-labels.ts';
import type { Engine } from '../engine/engine.ts';
import type { Policy } from '../plan/policy.ts';
import { type Selection, select } from '../plan/selection.ts';

/** A container that is watched, as it was found. */
export interface SurveyedContainer {
  readonly id: string;
  readonly name: string;
  /** The image's name as the user wrote it. */
  readonly reference: string;
  readonly imageId: string;
  /** The digest of the manifest for this platform, where the engine tells it. */
  readonly manifest: string | undefined;
  /** Undefined where the image was removed by force from under its container. */
  readonly image: InspectedImage | undefined;
  readonly state: string;
  /** The same in the engine's words, as `docker ps` shows it: `Up 2 hours (healthy)`. */
  readonly status: string;
  readonly wishes: LabelWishes;
  /** What the user said by labels and was not understood. */
  readonly labelProblems: readonly string[];
  readonly selection: Exclude<Selection, { kind: 'unwatched' }>;
}

export interface SurveyOptions {
  readonly engine: Engine;
  readonly policy: Policy;
  readonly home: string;
  readonly concurrency: number;
  readonly own: OwnPlace;
}

/** Looks at the host once: one list, and one inspection for each distinct image. */
export async function takeSurvey({
  engine,
  policy,
  home,
  concurrency,
  own,
}: SurveyOptions): Promise<readonly SurveyedContainer[]> {
  const limit = pLimit(concurrency);
  const listed = await engine.listContainers();
  const ids = [...new Set(listed.map(({ ImageID }) => ImageID))];
  const images = await engine.lookAtMany(async ({ inspectImage }) => {
    return new Map(await limit.map(ids, async id => [id, await inspectImage(id)] as const));
  });

  const realPath = openRealPath();
  const surveyed = await limit.map(listed, async summary => {
    const image = images.get(summary.ImageID);
    const { wishes, problems } = readLabels(userLabels(summary.Labels, image?.Config.Labels ?? {}));
    const name = listedName(summary);
    const given = composeFolder(summary.Labels, image?.Config.Labels ?? {});
    const folder = given === undefined ? undefined : await realPath(given);
    const candidate = {
      ...{ name, labels: summary.Labels, wishes, folder, state: summary.State },
      own: whyOwnListed(summary, own),
    };
    const selection = select(candidate, policy, home);
    if (selection.kind === 'unwatched') return [];
    const reference = await referenceOf(engine, summary);
    return [
      {
        id: summary.Id,
        name,
        reference,
        imageId: summary.ImageID,
        manifest: summary.ImageManifestDescriptor?.digest,
        image,
        state: summary.State,
        status: summary.Status,
        wishes,
        labelProblems: problems,
        selection,
      },
    ];
  });
  return surveyed.flat().sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Where the list does not show the name, the container itself still knows it. */
async function referenceOf(engine: Engine, summary: ContainerSummary): Promise<string> {
  if (!isShownById(summary)) return summary.Image;
  const container = await engine.inspectContainer(summary.Id);
  return container?.Config.Image ?? summary.Image;
}
